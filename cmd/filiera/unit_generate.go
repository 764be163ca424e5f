package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/spf13/cobra"

	"github.com/filiera-chain/filiera/gs1"
	"github.com/filiera-chain/filiera/keys"
	"github.com/filiera-chain/filiera/units"
	"github.com/filiera-chain/filiera/units/tree"
)

// unitKeyName is the key that serial numbers and codes come of, unless another is
// named.
const unitKeyName = "units"

func unitGenerate(e *env) *cobra.Command {
	cmd := e.leaf("generate GTIN LOT", "unit.generate.short", `
filiera unit generate 8012345678907 L26-001 --count 1000 --dir serie-3 --stem https://id.example.it --password-file password.txt
filiera unit generate 8012345678907 L26-001 --serials contrassegni.csv --dir serie-4 --password-file password.txt`, cobra.ExactArgs(2),
		func(cmd *cobra.Command, args []string) error {
			id, err := batchID(args[0], args[1])
			if err != nil {
				return err
			}
			o := tree.Order{GTIN: id.GetGtin(), Lot: id.GetLot()}
			f := cmd.Flags()
			o.Count, _ = f.GetUint32("count")
			o.Stem, _ = f.GetString("stem")
			dir, _ := f.GetString("dir")
			list, _ := f.GetString("serials")
			if dir == "" || (o.Count == 0) == (list == "") {
				return usage("%s", e.t("unit.need-count"))
			}
			if o.Count > units.MaxUnits {
				return usage("%s", e.t("unit.too-many", o.Count, units.MaxUnits))
			}
			if err := checkStem(&o.Stem); err != nil {
				return err
			}
			return e.generate(cmd, o, dir, list)
		})
	f := cmd.Flags()
	f.Uint32("count", 0, e.t("flag.unit-count"))
	f.String("serials", "", e.t("flag.unit-serials"))
	f.String("dir", "", e.t("flag.unit-new-dir"))
	f.String("key", unitKeyName, e.t("flag.unit-key"))
	f.String("stem", gs1.CanonicalStem, e.t("flag.unit-stem"))
	f.Bool("no-list", false, e.t("flag.unit-no-list"))
	return cmd
}

// checkStem refuses what no address of an item can begin with.
func checkStem(stem *string) error {
	for len(*stem) > 0 && (*stem)[len(*stem)-1] == '/' {
		*stem = (*stem)[:len(*stem)-1]
	}
	if _, err := gs1.ParseDigitalLink(*stem + "/01/08012345678907"); err != nil {
		return usage("--stem is %q; write the beginning of the labels' addresses, such as https://id.example.it: %v", *stem, err)
	}
	return nil
}

func (e *env) generate(cmd *cobra.Command, o tree.Order, dir, list string) error {
	name, _ := cmd.Flags().GetString("key")
	noList, _ := cmd.Flags().GetBool("no-list")
	key, err := e.unitKey(name)
	if err != nil {
		return err
	}
	o.Key = key
	m := &tree.Manifest{Serials: tree.Derived, Key: name, MadeAt: e.now().UTC().Format(time.RFC3339)}
	if list != "" {
		m.Serials = tree.Brought
		f, err := os.Open(list)
		if err != nil {
			return usageError{err}
		}
		defer f.Close()
		o.Serials = tree.NewList(f).Next
	} else {
		o.Tag = uint64(e.now().UnixMilli()) & (1<<40 - 1)
		m.Tag = o.Tag
	}
	o.Progress = e.progress(o.Count)
	err = tree.MakeFolder(cmd.Context(), dir, o, m, !noList)
	var twice *tree.TwiceError
	if errors.As(err, &twice) && list != "" {
		err = twiceIn(list, o, twice)
	}
	if err != nil {
		return usageError{err}
	}
	return e.print(m, func(t *table) {
		t.line("GTIN", m.GTIN)
		t.line(e.t("lot"), m.Lot)
		t.line(e.t("units"), m.Count)
		t.line("root", m.Root)
		t.line(e.t("unit.tree"), dir+"/"+m.Tree)
		if m.List != "" {
			t.line(e.t("unit.list"), e.t("unit.list.secret", dir+"/"+m.List))
		}
		t.line(e.t("unit.next"), fmt.Sprintf("filiera unit commit %s", dir))
	})
}

// twiceIn says which serial number of a list stands twice, and where.
func twiceIn(list string, o tree.Order, twice *tree.TwiceError) error {
	f, err := os.Open(list)
	if err != nil {
		return twice
	}
	defer f.Close()
	return fmt.Errorf("%s: %w", list, tree.Twice(tree.NewList(f), o.GTIN, o.Lot, twice.ID))
}

// progress tells every two seconds how far the work is.
func (e *env) progress(count uint32) func(uint32) {
	last := e.now()
	return func(done uint32) {
		if now := e.now(); now.Sub(last) >= 2*time.Second {
			last = now
			if count > 0 {
				fmt.Fprintln(e.err, e.t("unit.progress", done, count))
			} else {
				fmt.Fprintln(e.err, e.t("unit.progress.open", done))
			}
		}
	}
}

// unitKey opens the key that serial numbers and codes come of, and makes it where
// it is not there. What is used is derived from it, so that who learns the codes of
// a run learns nothing of a key that signs.
func (e *env) unitKey(name string) (units.Key, error) {
	ring, err := e.ring()
	if err != nil {
		return units.Key{}, err
	}
	if _, err := ring.Show(name); errors.Is(err, keys.ErrNotFound) {
		password, err := e.passwordFrom().New(e.t("unit.ask-new", name))
		if err != nil {
			return units.Key{}, usageError{err}
		}
		if _, err := ring.Add(name, password); err != nil {
			return units.Key{}, usageError{err}
		}
		fmt.Fprintln(e.err, e.t("unit.key-made", name))
		return unitKeyOf(ring, name, password)
	} else if err != nil {
		return units.Key{}, usageError{err}
	}
	password, err := e.passwordFrom().Existing(e.t("ask.password", name))
	if err != nil {
		return units.Key{}, usageError{err}
	}
	return unitKeyOf(ring, name, password)
}

func unitKeyOf(ring *keys.Ring, name, password string) (k units.Key, err error) {
	private, err := ring.Unlock(name, password)
	if err != nil {
		return k, usageError{err}
	}
	h := hmac.New(sha256.New, crypto.FromECDSA(private))
	_, _ = io.WriteString(h, "filiera/units/key/1")
	return units.Key(h.Sum(nil)), nil
}
