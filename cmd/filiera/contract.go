package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/rules"
	"github.com/filiera-chain/filiera/rules/suite"
)

// maxContract bounds the files of contracts and cases, in bytes.
const maxContract = 1 << 20

func contractCommand(e *env) *cobra.Command {
	g := e.group("contract", "contract.short", contractValidate(e), contractTest(e), contractExplain(e), contractSchema(e), contractCheck(e), contractDiff(e), contractPage(e), contractFunctions(e))
	g.AddCommand(contractOnChain(e)...)
	return g
}

func (e *env) language() rules.Language {
	if e.lang == "it" {
		return rules.Italian
	}
	return rules.English
}

// checked is what came of validating one file.
type checked struct {
	File     string            `json:"file"`
	Contract string            `json:"contract,omitempty"`
	Version  int64             `json:"version,omitempty"`
	Hash     string            `json:"hash,omitempty"`
	Rules    int               `json:"rules"`
	MaxCost  uint64            `json:"max_cost"`
	Problems []contractProblem `json:"problems"`
	Warnings []contractFinding `json:"warnings"`
}

type contractProblem struct {
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Text   string `json:"text"`
}

func contractValidate(e *env) *cobra.Command {
	return e.leaf("validate FILE…", "contract.validate.short", `
filiera contract validate contracts/maccheroncini-di-campofilone/contract.yaml
filiera contract validate contracts/maccheroncini-di-campofilone/contract.yaml --output json`, cobra.MinimumNArgs(1),
		func(_ *cobra.Command, args []string) error {
			var all []checked
			bad := false
			for _, name := range args {
				data, err := e.readInput(name, maxContract)
				if err != nil {
					return err
				}
				one := e.check(name, data)
				bad = bad || len(one.Problems) > 0
				all = append(all, one)
			}
			err := e.print(all, func(t *table) {
				for _, c := range all {
					for _, p := range c.Problems {
						t.row(fmt.Sprintf("%s:%d:%d: %s", c.File, p.Line, p.Column, p.Text))
					}
					e.drawFindings(t, c.File, c.Warnings)
					if len(c.Problems) == 0 {
						t.row(e.t("contract.valid", c.File, c.Contract, c.Version, c.Rules, c.MaxCost, c.Hash))
					}
				}
			})
			if err == nil && bad {
				err = errUnverified
			}
			return err
		})
}

func (e *env) check(name string, data []byte) checked {
	out := checked{File: name, Problems: []contractProblem{}, Warnings: []contractFinding{}}
	c, err := rules.Load(data)
	if err == nil {
		out.Contract, out.Version, out.Rules, out.MaxCost = c.Doc.ID, c.Doc.Version, len(c.Doc.Rules), c.MaxCost
		out.Hash = hex.EncodeToString(c.Hash[:])
		out.Warnings = e.findings(c)
		return out
	}
	var list rules.Problems
	if !errors.As(err, &list) {
		list = rules.Problems{{Text: err.Error()}}
	}
	for _, p := range list {
		out.Problems = append(out.Problems, contractProblem{p.Line, p.Column, p.Text})
	}
	return out
}

// tried is what came of one file of cases.
type tried struct {
	File      string        `json:"file"`
	Contract  string        `json:"contract"`
	Version   int64         `json:"version"`
	Cases     int           `json:"cases"`
	Failed    []failedCase  `json:"failed"`
	Rules     int           `json:"rules"`
	Covered   int           `json:"covered"`
	Uncovered []string      `json:"uncovered"`
	Coverage  []ruleCovered `json:"coverage"`
}

type failedCase struct {
	Name    string `json:"case"`
	Problem string `json:"problem"`
}

type ruleCovered struct {
	Rule   string `json:"rule"`
	Met    int    `json:"met"`
	NotMet int    `json:"not_met"`
}

func contractTest(e *env) *cobra.Command {
	cmd := e.leaf("test FILE|FOLDER…", "contract.test.short", `
filiera contract test contracts
filiera contract test contracts/maccheroncini-di-campofilone/tests.yaml --coverage`, cobra.MinimumNArgs(1),
		func(cmd *cobra.Command, args []string) error {
			files, err := testFiles(args)
			if err != nil {
				return err
			}
			var all []tried
			for _, name := range files {
				one, err := e.try(name)
				if err != nil {
					return err
				}
				all = append(all, *one)
			}
			each, _ := cmd.Flags().GetBool("coverage")
			if err := e.print(all, func(t *table) { e.drawTried(t, all, each) }); err != nil {
				return err
			}
			for _, x := range all {
				if len(x.Failed)+len(x.Uncovered) > 0 {
					return errUnverified
				}
			}
			return nil
		})
	cmd.Long = e.t("contract.test.long")
	cmd.Flags().Bool("coverage", false, e.t("flag.coverage"))
	return cmd
}

// testFiles finds the files of cases: the ones named, and every tests.yaml in and
// below folders.
func testFiles(args []string) ([]string, error) {
	var out []string
	for _, a := range args {
		info, err := os.Stat(a)
		if err != nil {
			return nil, usageError{err}
		}
		if !info.IsDir() {
			out = append(out, a)
			continue
		}
		found := len(out)
		err = filepath.WalkDir(a, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() && d.Name() == "tests.yaml" {
				out = append(out, path)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(out) == found {
			return nil, usage("%s: no tests.yaml", a)
		}
	}
	sort.Strings(out)
	return out, nil
}

// openCases reads a file of cases and its contract.
func (e *env) openCases(name string) (*suite.File, *rules.Contract, error) {
	data, err := e.readInput(name, maxContract)
	if err != nil {
		return nil, nil, err
	}
	f, err := suite.Parse(data)
	if err != nil {
		return nil, nil, inFile(name, err)
	}
	c, err := e.openContract(filepath.Join(filepath.Dir(name), f.Contract))
	return f, c, err
}

func (e *env) openContract(name string) (*rules.Contract, error) {
	data, err := e.readInput(name, maxContract)
	if err != nil {
		return nil, err
	}
	c, err := rules.Load(data)
	if err != nil {
		return nil, inFile(name, err)
	}
	return c, nil
}

// inFile names the file in each line of the problems.
func inFile(name string, err error) error {
	return usageError{errors.New(name + ":" + strings.ReplaceAll(err.Error(), "\n", "\n"+name+":"))}
}

func (e *env) try(name string) (*tried, error) {
	f, c, err := e.openCases(name)
	if err != nil {
		return nil, err
	}
	r, err := f.Run(c)
	if err != nil {
		return nil, inFile(name, err)
	}
	out := &tried{File: name, Contract: c.Doc.ID, Version: c.Doc.Version, Cases: len(r.Outcomes), Failed: []failedCase{}, Rules: len(r.Coverage), Uncovered: r.Uncovered()}
	out.Covered = out.Rules - len(out.Uncovered)
	for _, o := range r.Outcomes {
		if o.Problem != "" {
			out.Failed = append(out.Failed, failedCase{o.Name, o.Problem})
		}
	}
	for _, x := range r.Coverage {
		out.Coverage = append(out.Coverage, ruleCovered(x))
	}
	return out, nil
}

func (e *env) drawTried(t *table, all []tried, each bool) {
	t.row(strings.ToUpper(e.t("contract.contract")), strings.ToUpper(e.t("contract.cases")), strings.ToUpper(e.t("contract.failed")), strings.ToUpper(e.t("contract.covered")))
	cases, failed := 0, 0
	for _, x := range all {
		t.row(fmt.Sprintf("%s %d", x.Contract, x.Version), x.Cases, len(x.Failed), fmt.Sprintf("%d/%d", x.Covered, x.Rules))
		cases, failed = cases+x.Cases, failed+len(x.Failed)
	}
	t.row(e.t("contract.all", len(all)), cases, failed, "")
	for _, x := range all {
		for _, f := range x.Failed {
			t.row("!", x.Contract, f.Name, strings.ReplaceAll(f.Problem, "\n", " | "))
		}
		for _, u := range x.Uncovered {
			t.row("!", x.Contract, u, e.t("contract.uncovered"))
		}
		if each {
			for _, c := range x.Coverage {
				t.row("", c.Rule, e.t("contract.met", c.Met), e.t("contract.notmet", c.NotMet))
			}
		}
	}
}
