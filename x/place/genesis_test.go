package place_test

import (
	"bytes"
	"io"
	"testing"

	placev1 "github.com/filiera-chain/filiera/api/place/v1"
	"github.com/filiera-chain/filiera/module"
	"github.com/filiera-chain/filiera/x/place"
)

type table struct{ *bytes.Buffer }

func (table) Close() error { return nil }

// The tables go out and in through the collections library's JSON, as genesis
// has them, and every truth holds of what came in.
func TestPlacesSurviveGenesis(t *testing.T) {
	w := newWorld(t)
	w.Do(by("maker"), plant())
	w.Do(by("maker"), inside(plantGLN+".linea-1", plantGLN))
	w.Do(by("maker"), inside("cella", plantGLN+".linea-1"))
	w.Do(by("maker"), amend(plant(), func(d *placev1.Details) { d.Name = "Laboratorio nuovo" }))
	w.Do(by("maker"), &placev1.MsgCloseLocation{Id: "maker/cella", Reason: "worn out"})
	tables := map[string]table{}
	err := w.p.Module().Schema.ExportGenesis(w.Reader(), func(name string) (io.WriteCloser, error) {
		tables[name] = table{new(bytes.Buffer)}
		return tables[name], nil
	})
	if err != nil || len(tables) != 4 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	again := newWorld(t)
	err = again.p.Module().Schema.InitGenesis(again.Context(module.Signer{}), func(name string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(tables[name].Bytes())), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	again.CheckTruths()
	for _, id := range []string{plantGLN, plantGLN + ".linea-1", "maker/cella"} {
		if got, want := again.location(id), w.location(id); got.String() != want.String() {
			t.Errorf("%s came in as %v, not %v", id, got, want)
		}
	}
	again.Refuses(place.ErrTaken, by("maker"), plant())
}
