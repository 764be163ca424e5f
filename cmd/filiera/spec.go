package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"

	productv1 "github.com/filiera-chain/filiera/api/product/v1"
	"github.com/filiera-chain/filiera/client"
)

// Bounds of what a specification's command reads, in bytes.
const (
	maxSpecFile = 1 << 20
	maxDocument = 256 << 20
)

func specCommand(e *env) *cobra.Command {
	return e.group("spec", "spec.short", specList(e), specShow(e), specRegister(e), specPublish(e))
}

// specFile is a specification as people write it, in YAML or JSON.
type specFile struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Scheme string `json:"scheme"`
	// Version may stand under its own name or flat beside the id.
	Version     *specText `json:"version"`
	specText    `json:",inline"`
	Description string `json:"description"` // for readers of the file only
}

type specText struct {
	LegalBasis string `json:"legal_basis"`
	// Document is the path of the published text, relative to this file, which
	// is hashed; or DocumentSHA256 gives the hash in hex.
	Document       string            `json:"document"`
	DocumentSHA256 string            `json:"document_sha256"`
	Municipalities []string          `json:"municipalities"`
	InForceFrom    string            `json:"in_force_from"`
	InForceTo      string            `json:"in_force_to"`
	Requirements   []requirementText `json:"requirements"`
	Stages         []stageText       `json:"stages"`
	// Lateness says, in days, how late something may be told: without a mark, and at
	// all.
	Lateness *struct {
		MarkAfter   uint32 `json:"mark_after_days"`
		RefuseAfter uint32 `json:"refuse_after_days"`
	} `json:"lateness"`
}

type requirementText struct {
	ID     string `json:"id"`
	Clause string `json:"clause"`
	TextIT string `json:"text_it"`
	TextEN string `json:"text_en"`
	// Limits of a measurement, decimal text, and their unit.
	Minimum decimalText `json:"minimum"`
	Maximum decimalText `json:"maximum"`
	Unit    string      `json:"unit"`
}

// decimalText is a decimal written with or without quotation marks.
type decimalText string

// UnmarshalJSON keeps a number as it was written.
func (d *decimalText) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(d))
	}
	var n json.Number
	err := json.Unmarshal(b, &n)
	*d = decimalText(n.String())
	return err
}

func (e *env) readSpec(path string) (*specFile, *productv1.NewVersion, error) {
	data, err := e.readInput(path, maxSpecFile)
	if err != nil {
		return nil, nil, err
	}
	f := new(specFile)
	if err := yaml.UnmarshalStrict(data, f); err != nil {
		return nil, nil, usage("%s: %v", path, err)
	}
	text := f.specText
	if f.Version != nil {
		text = *f.Version
	}
	hash, err := e.documentHash(path, text)
	if err != nil {
		return nil, nil, err
	}
	zone := slices.Clone(text.Municipalities)
	slices.Sort(zone)
	v := &productv1.NewVersion{
		LegalBasis: text.LegalBasis, DocumentSha256: hash, Municipalities: slices.Compact(zone),
		InForceFrom: text.InForceFrom, InForceTo: text.InForceTo,
	}
	for _, r := range text.Requirements {
		v.Requirements = append(v.Requirements, &productv1.Requirement{Id: r.ID, Clause: r.Clause, TextIt: r.TextIT, TextEn: r.TextEN, Minimum: string(r.Minimum), Maximum: string(r.Maximum), Unit: r.Unit})
	}
	if l := text.Lateness; l != nil {
		v.Lateness = &productv1.Lateness{MarkAfterDays: l.MarkAfter, RefuseAfterDays: l.RefuseAfter}
	}
	if v.Stages, err = stagesOf(path, text.Stages); err != nil {
		return nil, nil, err
	}
	return f, v, nil
}

// documentHash hashes the document, and holds it against the hash that the
// file states when it states both.
func (e *env) documentHash(specPath string, text specText) ([]byte, error) {
	stated, err := hex.DecodeString(text.DocumentSHA256)
	if err != nil || (len(stated) != 0 && len(stated) != sha256.Size) {
		return nil, usage("%s: document_sha256 is %q; write 64 hexadecimal digits", specPath, text.DocumentSHA256)
	}
	if text.Document == "" {
		if len(stated) == 0 {
			return nil, usage("%s: give document (the path of the published text) or document_sha256", specPath)
		}
		return stated, nil
	}
	path := text.Document
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(specPath), path)
	}
	data, err := e.readInput(path, maxDocument)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(data)
	if len(stated) > 0 && string(stated) != string(hash[:]) {
		return nil, usage("%s: the document %s has the hash %x, not the stated one; find out which is right", specPath, path, hash)
	}
	return hash[:], nil
}

func specRegister(e *env) *cobra.Command {
	return e.changing(e.leaf("register FILE", "spec.register.short",
		"filiera spec register disciplinare.yaml --from regione --password-file password.txt", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			f, v, err := e.readSpec(args[0])
			if err != nil {
				return err
			}
			scheme, ok := productv1.Scheme_value["SCHEME_"+strings.ToUpper(f.Scheme)]
			if !ok || scheme == 0 {
				return usage("%s: scheme is %q; write DOP, IGP, DOC, DOCG, IGT or QM", args[0], f.Scheme)
			}
			return e.carry(cmd.Context(), &productv1.MsgRegisterSpecification{
				Id: f.ID, Name: f.Name, Scheme: productv1.Scheme(scheme), Version: v,
			})
		}))
}

func specPublish(e *env) *cobra.Command {
	return e.changing(e.leaf("publish FILE", "spec.publish.short",
		"filiera spec publish disciplinare.yaml --from regione --password-file password.txt", cobra.ExactArgs(1),
		func(cmd *cobra.Command, args []string) error {
			f, v, err := e.readSpec(args[0])
			if err != nil {
				return err
			}
			return e.carry(cmd.Context(), &productv1.MsgPublishVersion{Specification: f.ID, Version: v})
		}))
}

func specList(e *env) *cobra.Command {
	return listCommand(e, listing[client.Specification]{
		path: "/v1/specs", key: "spec.list.short", example: "filiera spec list --scheme igp", filters: []string{"scheme"},
		head: []string{"ID", strings.ToUpper(e.t("name")), strings.ToUpper(e.t("scheme")), strings.ToUpper(e.t("versions"))},
		row: func(s *client.Specification) []any {
			return []any{s.ID, s.Name, strings.ToUpper(string(s.Scheme)), int64(s.LatestVersion)}
		},
	})
}

func specShow(e *env) *cobra.Command {
	return showCommand(e, "show ID", "spec.show.short", "filiera spec show maccheroncini-di-campofilone-igp", 1, at("specs"),
		func(t *table, s *client.Specification) {
			t.line("id", s.ID)
			t.line(e.t("name"), s.Name)
			t.line(e.t("scheme"), strings.ToUpper(string(s.Scheme)))
			for _, v := range s.Versions {
				t.line(e.t("version.n", int64(v.Version)), v.LegalBasis)
				t.line("  "+e.t("in.force"), e.dayspan(v.InForceFrom, v.InForceTo))
				t.line("  "+e.t("document"), v.DocumentSHA256)
				t.line("  "+e.t("zone"), strings.Join(v.Municipalities, ", "))
				for _, r := range v.Requirements {
					text := r.TextEN
					if e.lang == "it" {
						text = r.TextIT
					}
					t.line("  "+r.ID, fmt.Sprintf("%s: %s", r.Clause, text))
				}
			}
		})
}

func (e *env) dayspan(from, to string) string {
	if to == "" {
		return e.t("span.from", from)
	}
	return e.t("span.both", from, to)
}
