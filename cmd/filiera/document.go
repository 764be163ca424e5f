package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/evidence"
	"github.com/filiera-chain/filiera/node"
)

func documentCommand(e *env) *cobra.Command {
	return e.group("document", "document.short", documentAdd(e), documentGet(e), documentList(e), documentCheck(e), documentRm(e))
}

const exampleDocument = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// documentStore gives cmd the flags that say where documents are.
func (e *env) documentStore(cmd *cobra.Command) *cobra.Command {
	f := cmd.Flags()
	dataFlags(e, f)
	for _, name := range []string{"mailbox", "accept-documents"} { // of a node only
		_ = f.MarkHidden(name)
	}
	return cmd
}

func (e *env) openDocuments(ctx context.Context) (evidence.Store, error) {
	s, err := e.documents().Open(ctx, node.Home(e.home()))
	if err != nil {
		return nil, usageError{err}
	}
	return s, nil
}

// documentLine is a document for programs.
type documentLine struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	Type   string `json:"type,omitempty"`
	New    *bool  `json:"new,omitempty"`
}

func documentAdd(e *env) *cobra.Command {
	cmd := e.leaf("add FILE", "document.add.short", `
filiera document add rapporto.pdf
filiera document add rapporto.pdf --upload --from pastificio --password-file password.txt`, cobra.ExactArgs(1), e.runDocumentAdd)
	cmd.Flags().Bool("upload", false, e.t("flag.document-upload"))
	cmd.Flags().Bool("dry-run", false, e.t("flag.dry-run"))
	return e.documentStore(cmd)
}

func (e *env) runDocumentAdd(cmd *cobra.Command, args []string) error {
	f, err := os.Open(args[0])
	if err != nil {
		return usageError{err}
	}
	defer f.Close()
	if dry, _ := cmd.Flags().GetBool("dry-run"); dry {
		return e.printNothingDone(args[0])
	}
	s, err := e.openDocuments(cmd.Context())
	if err != nil {
		return err
	}
	i, fresh, err := s.Put(cmd.Context(), f, nil)
	if err != nil {
		return usage("%s: %v", args[0], err)
	}
	if upload, _ := cmd.Flags().GetBool("upload"); upload {
		if err := e.uploadDocument(cmd.Context(), f, i); err != nil {
			return err
		}
	}
	line := documentLine{i.Sum.String(), i.Size, i.Type, &fresh}
	return e.print(line, func(t *table) {
		t.line("SHA-256", line.SHA256)
		t.line(e.t("document.type"), line.Type)
		t.line(e.t("document.size"), line.Size)
	})
}

func (e *env) uploadDocument(ctx context.Context, f *os.File, i evidence.Info) error {
	key, _, err := e.unlock("")
	if err != nil {
		return err
	}
	c, err := e.client()
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return c.PutDocument(ctx, key, i.Sum, io.LimitReader(f, i.Size), i.Size)
}

func documentGet(e *env) *cobra.Command {
	cmd := e.leaf("get SHA256", "document.get.short", "filiera document get "+exampleDocument+" --out rapporto-2.pdf", cobra.ExactArgs(1), e.runDocumentGet)
	cmd.Flags().String("out", "", e.t("flag.document-out"))
	return e.documentStore(cmd)
}

// runDocumentGet looks here first, then asks the node; either way the document is
// what its hash says.
func (e *env) runDocumentGet(cmd *cobra.Command, args []string) error {
	sum, err := evidence.ParseSum(args[0])
	if err != nil {
		return usageError{err}
	}
	s, err := e.openDocuments(cmd.Context())
	if err != nil {
		return err
	}
	d, err := s.Open(cmd.Context(), sum)
	switch {
	case err == nil:
		defer d.Close()
		var b bytes.Buffer
		if _, err := io.Copy(&b, d); err != nil {
			return err
		}
		return e.writeOut(cmd, b.Bytes(), 0o600)
	case errors.Is(err, evidence.ErrCorrupt):
		fmt.Fprintln(e.err, err)
	case !errors.Is(err, evidence.ErrNotFound):
		return err
	}
	c, err := e.client()
	if err != nil {
		return err
	}
	content, err := c.Document(cmd.Context(), sum, e.v.GetInt64("document-max-mib")<<20)
	if err != nil {
		return err
	}
	return e.writeOut(cmd, content, 0o600)
}

func documentList(e *env) *cobra.Command {
	cmd := e.leaf("list", "document.list.short", "filiera document list --output json", cobra.NoArgs, e.runDocumentList)
	return e.documentStore(e.paged(cmd))
}

var errEnough = errors.New("enough")

// runDocumentList pages by hash: the token is the last one shown.
func (e *env) runDocumentList(cmd *cobra.Command, _ []string) error {
	limit, _ := cmd.Flags().GetInt("limit")
	after, _ := cmd.Flags().GetString("page-token")
	s, err := e.openDocuments(cmd.Context())
	if err != nil {
		return err
	}
	lines, next := []documentLine{}, ""
	err = s.List(cmd.Context(), func(i evidence.Info) error {
		if i.Sum.String() <= after {
			return nil
		}
		if len(lines) == limit {
			next = lines[len(lines)-1].SHA256
			return errEnough
		}
		st, err := s.Stat(cmd.Context(), i.Sum)
		lines = append(lines, documentLine{i.Sum.String(), i.Size, st.Type, nil})
		return err
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	return e.print(map[string]any{"items": lines, "next_page_token": next}, func(t *table) {
		t.row("SHA-256", e.t("document.type"), e.t("document.size"))
		for _, l := range lines {
			t.row(l.SHA256, l.Type, l.Size)
		}
		e.hintNext(next)
	})
}

func documentCheck(e *env) *cobra.Command {
	cmd := e.leaf("check", "document.check.short", "filiera document check", cobra.NoArgs, func(cmd *cobra.Command, _ []string) error {
		s, err := e.openDocuments(cmd.Context())
		if err != nil {
			return err
		}
		damaged := []string{}
		n, size, err := evidence.Check(cmd.Context(), s, func(i evidence.Info, err error) { damaged = append(damaged, i.Sum.String()) })
		if err != nil {
			return err
		}
		err = e.print(map[string]any{"documents": n, "bytes": size, "damaged": damaged}, func(t *table) {
			t.line(e.t("document.count"), n)
			t.line(e.t("document.size"), size)
			for _, sum := range damaged {
				t.line(e.t("document.damaged"), sum)
			}
		})
		if err == nil && len(damaged) > 0 {
			return errUnverified
		}
		return err
	})
	return e.documentStore(cmd)
}

func documentRm(e *env) *cobra.Command {
	cmd := e.leaf("rm SHA256", "document.rm.short", "filiera document rm "+exampleDocument, cobra.ExactArgs(1), func(cmd *cobra.Command, args []string) error {
		sum, err := evidence.ParseSum(args[0])
		if err != nil {
			return usageError{err}
		}
		if dry, _ := cmd.Flags().GetBool("dry-run"); dry {
			return e.printNothingDone(args[0])
		}
		s, err := e.openDocuments(cmd.Context())
		if err != nil {
			return err
		}
		err = s.Remove(cmd.Context(), sum)
		if errors.Is(err, evidence.ErrNotFound) {
			fmt.Fprintln(e.err, e.t("document.not.there", sum))
			return nil
		}
		return err
	})
	cmd.Flags().Bool("dry-run", false, e.t("flag.dry-run"))
	return e.documentStore(cmd)
}
