package suite

import (
	"path/filepath"
	"testing"

	"github.com/filiera-chain/filiera/rules"
)

// largest gives the contract of the program with the most rules, and the facts of
// its base case.
func largest(b *testing.B) (*rules.Contract, *rules.Facts, rules.Trigger) {
	b.Helper()
	files, err := filepath.Glob("../../contracts/*/tests.yaml")
	if err != nil || len(files) == 0 {
		b.Fatalf("no files of cases: %v", err)
	}
	best := files[0]
	for _, f := range files {
		if len(opened(b, f).Doc.Rules) > len(opened(b, best).Doc.Rules) {
			best = f
		}
	}
	b.Logf("%s", best)
	return opened(b, best), base(b, best), trigger(b, best)
}

func opened(b *testing.B, cases string) *rules.Contract {
	b.Helper()
	c, err := rules.Load(read(b, filepath.Join(filepath.Dir(cases), "contract.yaml")))
	if err != nil {
		b.Fatal(err)
	}
	return c
}

func base(b *testing.B, cases string) *rules.Facts {
	b.Helper()
	f, err := Parse(read(b, cases))
	if err != nil {
		b.Fatal(err)
	}
	facts, _, err := f.Facts("")
	if err != nil {
		b.Fatal(err)
	}
	return facts
}

func trigger(b *testing.B, cases string) rules.Trigger {
	b.Helper()
	f, err := Parse(read(b, cases))
	if err != nil {
		b.Fatal(err)
	}
	return rules.Trigger(f.On)
}

// judging measures one transaction: the facts prepared, every rule judged.
func judging(b *testing.B, c *rules.Contract, facts *rules.Facts, on rules.Trigger) {
	b.Helper()
	p, err := rules.Prepare(facts)
	if err != nil {
		b.Fatal(err)
	}
	e := c.Evaluate(on, p, rules.MaxCost)
	b.Logf("%d rules judged, decision %s, cost %d of at most %d", len(e.Results), e.Decision, e.Cost, c.MaxCost)
	b.ReportAllocs()
	for b.Loop() {
		p, err := rules.Prepare(facts)
		if err != nil {
			b.Fatal(err)
		}
		c.Evaluate(on, p, rules.MaxCost)
	}
}

// BenchmarkLargestContract is the contract of the program with the most rules; the
// bound is 100 µs.
func BenchmarkLargestContract(b *testing.B) {
	c, facts, on := largest(b)
	judging(b, c, facts, on)
}

// BenchmarkManyRules is a made-up contract of 28 rules of every form.
func BenchmarkManyRules(b *testing.B) {
	const cases = "testdata/large/tests.yaml"
	judging(b, opened(b, cases), base(b, cases), trigger(b, cases))
}

// BenchmarkLoad reads and compiles the made-up contract, as a node does once for
// each version.
func BenchmarkLoad(b *testing.B) {
	data := read(b, "testdata/large/contract.yaml")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rules.Load(data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkConcerns asks a contract that has no rules for the trigger, as each
// transaction does of contracts that do not concern it.
func BenchmarkConcerns(b *testing.B) {
	c := opened(b, "testdata/large/tests.yaml")
	for b.Loop() {
		if c.Concerns(rules.OnNotice) {
			b.Fatal("it concerns notices")
		}
	}
}
