package suite

import (
	"path/filepath"
	"testing"

	"github.com/filiera-chain/filiera/rules"
)

// FuzzCases reads any bytes as a file of cases and runs what is accepted.
func FuzzCases(f *testing.F) {
	const folder = "../../contracts/maccheroncini-di-campofilone"
	f.Add(read(f, filepath.Join(folder, "tests.yaml")))
	f.Add([]byte("base: {today: 2026-01-01}\namended: {later: {from: 2025-01-01, parameters: {drying_min: {value: 30 h}}}}\ncases: [{case: a, amended: later, without: [today]}]\n"))
	f.Add([]byte("base: {today: 2026-01-01, inputs: [{what: a, mass: 1 kg}, {what: b, mass: 2 kg}]}\nlimits: [{rule: a, fact: inputs.0.mass, against: inputs.1.mass, at: 1 kg, step: 1 mg, side: max}]\n"))
	c, err := rules.Load(read(f, filepath.Join(folder, "contract.yaml")))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse(data)
		if err != nil || len(file.Limits)+len(file.Cases) > 50 {
			return
		}
		if r, err := file.Run(c); err == nil && len(r.Outcomes) != 3*len(file.Limits)+len(file.Cases) {
			t.Errorf("%d outcomes of %d limits and %d cases", len(r.Outcomes), len(file.Limits), len(file.Cases))
		}
	})
}
