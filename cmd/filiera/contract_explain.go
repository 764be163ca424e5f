package main

import (
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/filiera-chain/filiera/rules"
)

// explained is a rule judged step by step.
type explained struct {
	Contract string          `json:"contract"`
	Version  int64           `json:"version"`
	Rule     string          `json:"rule"`
	Article  string          `json:"article,omitempty"`
	Outcome  string          `json:"outcome"`
	Code     string          `json:"code,omitempty"`
	Severity string          `json:"severity"`
	Message  string          `json:"message"`
	Required string          `json:"required,omitempty"`
	Found    string          `json:"found,omitempty"`
	Steps    []explainedStep `json:"steps"`
	Operands []explainedName `json:"operands"`
}

type explainedStep struct {
	Part   string `json:"part"`
	Depth  int    `json:"depth"`
	Text   string `json:"expression"`
	Value  string `json:"value,omitempty"`
	Err    string `json:"error,omitempty"`
	Label  string `json:"label,omitempty"`
	Source string `json:"source,omitempty"`
}

type explainedName struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func contractExplain(e *env) *cobra.Command {
	cmd := e.leaf("explain FILE RULE", "contract.explain.short", `
filiera contract explain contracts/maccheroncini-di-campofilone/tests.yaml essiccazione
filiera contract explain contracts/maccheroncini-di-campofilone/contract.yaml lunghezza --batch 8012345678907/L26-001
filiera contract explain contracts/maccheroncini-di-campofilone/tests.yaml lunghezza --case 'lunghezza: known.length.is = 35.1 cm'`, cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			c, facts, err := e.factsOf(cmd, args[0])
			if err != nil {
				return err
			}
			p, err := rules.Prepare(facts)
			if err != nil {
				return usageError{err}
			}
			l := e.language()
			res, steps, err := c.Explain(args[1], p, l)
			if err != nil {
				return usageError{err}
			}
			x := &explained{
				Contract: c.Doc.ID, Version: c.Doc.Version, Rule: res.Rule, Article: res.Article, Outcome: res.Outcome.String(), Code: res.Code, Severity: res.Severity,
				Message: res.Message(l), Required: res.Required(l), Found: res.Found(l), Steps: []explainedStep{}, Operands: []explainedName{},
			}
			for _, s := range steps {
				x.Steps = append(x.Steps, explainedStep(s))
			}
			for _, o := range res.Operands {
				x.Operands = append(x.Operands, explainedName{o.Name, o.In(l)})
			}
			if err := e.print(x, func(t *table) { e.drawExplained(t, x) }); err != nil {
				return err
			}
			if res.Outcome == rules.Fail || res.Outcome == rules.Missing || res.Outcome == rules.Broken {
				return errUnverified
			}
			return nil
		})
	cmd.Long = e.t("contract.explain.long")
	cmd.Flags().String("case", "", e.t("flag.case"))
	cmd.Flags().String("facts", "", e.t("flag.facts"))
	cmd.Flags().String("batch", "", e.t("flag.of-batch"))
	cmd.Flags().String("attestation", "", e.t("flag.points-of"))
	return cmd
}

// factsOf gives a contract and the facts to judge: of a case of a file of cases, or
// of a file of facts beside a contract.
func (e *env) factsOf(cmd *cobra.Command, name string) (*rules.Contract, *rules.Facts, error) {
	if batch := flagText(cmd, "batch"); batch != "" {
		return e.factsOfBatch(cmd, name, batch)
	}
	if file, _ := cmd.Flags().GetString("facts"); file != "" {
		c, err := e.openContract(name)
		if err != nil {
			return nil, nil, err
		}
		data, err := e.readInput(file, maxContract)
		if err != nil {
			return nil, nil, err
		}
		var doc struct {
			Facts yaml.Node `yaml:"facts,required" doc:"the facts of the case"`
		}
		if err := rules.ReadYAML(data, &doc, "the file of facts"); err != nil {
			return nil, nil, inFile(file, err)
		}
		facts, err := rules.ReadFacts(&doc.Facts)
		if err != nil {
			return nil, nil, inFile(file, err)
		}
		return c, facts, nil
	}
	if filepath.Base(name) == "contract.yaml" {
		return nil, nil, usage("%s", e.t("contract.need-cases"))
	}
	f, c, err := e.openCases(name)
	if err != nil {
		return nil, nil, err
	}
	which, _ := cmd.Flags().GetString("case")
	facts, _, err := f.Facts(which)
	if err != nil {
		return nil, nil, inFile(name, err)
	}
	return c, facts, nil
}

func (e *env) drawExplained(t *table, x *explained) {
	t.row(x.Message)
	t.row(e.t("contract.outcome", e.t("contract.outcome."+x.Outcome), x.Severity))
	t.row("")
	for _, s := range x.Steps {
		value := s.Value
		if s.Err != "" {
			value = "! " + s.Err
		}
		part := s.Part
		if s.Depth > 0 {
			part = ""
		}
		t.row(part, strings.Repeat("  ", s.Depth)+s.Text, "= "+value, s.Label, s.Source)
	}
}

// factsOfBatch gives a contract and what the ledger knows of a batch.
func (e *env) factsOfBatch(cmd *cobra.Command, name, batch string) (*rules.Contract, *rules.Facts, error) {
	c, err := e.openContract(name)
	if err != nil {
		return nil, nil, err
	}
	gtin, lot, ok := strings.Cut(batch, "/")
	if !ok {
		return nil, nil, usage("%s", e.t("bad.batch", batch))
	}
	facts, err := e.chainFacts(cmd, gtin, lot, flagText(cmd, "attestation"))
	return c, facts, err
}
