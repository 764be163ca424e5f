package tree_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filiera-chain/filiera/units"
	"github.com/filiera-chain/filiera/units/tree"
)

// The variables that make the test binary the child whose memory is measured.
const (
	childItems = "FILIERA_UNITS_CHILD"
	childDir   = "FILIERA_UNITS_DIR"
	// manyItems, when set, is how many items TestMemory makes: see make units-many.
	manyItems = "FILIERA_UNITS"
)

func TestMain(m *testing.M) {
	if n := os.Getenv(childItems); n != "" {
		if err := child(n, os.Getenv(childDir)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child makes a run with its list, proves an item of it and the absence of
// another, and tells what that took.
func child(items, dir string) error {
	n, err := strconv.ParseUint(items, 10, 32)
	if err != nil {
		return err
	}
	began := time.Now()
	path := filepath.Join(dir, "run.units")
	list, err := os.Create(filepath.Join(dir, "serials.csv"))
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(list, 1<<18)
	w := tree.NewWriter(path, gtin, "L1")
	o := tree.Order{Key: testKey(), GTIN: gtin, Lot: "L1", Count: uint32(n), Tag: 1, Stem: "https://id.example.it", List: out}
	if err := tree.Make(context.Background(), o, w); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	h, err := w.Finish()
	if err != nil {
		return err
	}
	made := time.Since(began)

	began = time.Now()
	f, err := tree.Open(path)
	if err != nil {
		return err
	}
	opened := time.Since(began)
	s, err := testKey().Sequence(gtin, 1)
	if err != nil {
		return err
	}
	began = time.Now()
	id := units.IDOf(gtin, "L1", s.At(uint32(n)/3))
	here, _, err := f.Prove(id, 1)
	if err != nil || here == nil {
		return fmt.Errorf("item %d is not proven: %w", n/3, err)
	}
	if err := here.Check(id, h.Root, h.Count); err != nil {
		return err
	}
	proven := time.Since(began)
	other := units.IDOf(gtin, "L1", "NOT-OF-THE-RUN")
	_, absent, err := f.Prove(other, 1)
	if err != nil || absent == nil {
		return fmt.Errorf("absence is not proven: %w", err)
	}
	if err := absent.Check(other, h.Root, h.Count); err != nil {
		return err
	}
	peak, err := peakKiB()
	if err != nil {
		return err
	}
	fmt.Printf("peak_kib=%d hashes=%d characters=%d made=%s opened=%s proven=%s\n", peak, len(here.Path),
		len((&units.Evidence{Presence: here}).Text()), made.Round(time.Millisecond), opened.Round(time.Microsecond), proven.Round(time.Microsecond))
	return nil
}

// peakKiB is the most memory that the process had (VmHWM).
func peakKiB() (int, error) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for _, line := range strings.Split(string(b), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
		}
	}
	return 0, fmt.Errorf("/proc/self/status has no VmHWM")
}

// TestMemory commits a run and proves an item in a process of its own, whose
// memory stays far below a gigabyte and does not grow with the run.
func TestMemory(t *testing.T) {
	items, most := "200000", 200<<10
	if n := os.Getenv(manyItems); n != "" {
		items, most = n, 1<<20
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childItems+"="+items, childDir+"="+t.TempDir())
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s items: %s", items, strings.TrimSpace(string(out)))
	var peak int
	if _, err := fmt.Sscanf(string(out), "peak_kib=%d", &peak); err != nil {
		t.Fatal(err)
	}
	if peak > most {
		t.Errorf("the process had %d KiB; at most %d", peak, most)
	}
}
