package folder_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/filiera-chain/filiera/registers/folder"
)

// The variables that make the test binary the child whose memory is measured.
const (
	childRows = "FILIERA_ROWS_CHILD"
	childDir  = "FILIERA_ROWS_DIR"
	// manyRows, when set, is how many rows TestMemory appends: see make registers-many.
	manyRows = "FILIERA_ROWS"
)

func TestMain(m *testing.M) {
	if n := os.Getenv(childRows); n != "" {
		if err := child(n, os.Getenv(childDir)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child appends rows to a sorted register, proves one of them and the absence of
// another, and tells what that took.
func child(rows, dir string) error {
	n, err := strconv.ParseUint(rows, 10, 32)
	if err != nil {
		return err
	}
	f, err := folder.Create(filepath.Join(dir, "rifiuti.register"), "rifiuti", []string{"codice", "comune", "kg"}, "codice")
	if err != nil {
		return err
	}
	in, out := io.Pipe()
	go func() {
		w := bufio.NewWriterSize(out, 1<<16)
		fmt.Fprintln(w, "codice;comune;kg")
		for i := range n {
			fmt.Fprintf(w, "R%09d;Comune di prova %d;%d,5\n", i, i%225, i%1000)
		}
		out.CloseWithError(w.Flush())
	}()
	began := time.Now()
	s, err := f.Stage(context.Background(), in, "rifiuti.csv", nil)
	if err != nil {
		return err
	}
	staged := time.Since(began)
	if err := f.Commit(s, 1); err != nil {
		return err
	}
	began = time.Now()
	i := n / 3
	d, err := f.ProveRow(i, []string{fmt.Sprintf("R%09d", i), fmt.Sprintf("Comune di prova %d", i%225), fmt.Sprintf("%d,5", i%1000)})
	if err != nil {
		return err
	}
	if err := d.Check(anchor(s), anchor(s), 3, 0); err != nil {
		return err
	}
	proven := time.Since(began)
	none, err := f.ProveAbsence("R-mai")
	if err != nil {
		return err
	}
	if err := none.Check(anchor(s), anchor(s), 3, 0); err != nil {
		return err
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return err
	}
	peak, err := peakKiB()
	if err != nil {
		return err
	}
	fmt.Printf("peak_kib=%d hashes=%d bytes=%d subtrees=%d staged=%s proven=%s\n", peak, len(d.Inclusion.Path), len(raw), len(s.Subtrees), staged.Round(time.Millisecond), proven.Round(time.Millisecond))
	return nil
}

// peakKiB is the most memory that the process had (VmHWM).
func peakKiB() (int, error) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
		}
	}
	return 0, fmt.Errorf("/proc/self/status has no VmHWM")
}

// TestMemory appends rows and proves one in a process of its own, whose memory stays
// far below a gigabyte.
func TestMemory(t *testing.T) {
	rows, most, hashes := "100000", 128<<10, 17
	if n := os.Getenv(manyRows); n != "" {
		rows, most, hashes = n, 1<<20, 24
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childRows+"="+rows, childDir+"="+t.TempDir())
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s rows: %s", rows, strings.TrimSpace(string(out)))
	var peak, path int
	if _, err := fmt.Sscanf(string(out), "peak_kib=%d hashes=%d", &peak, &path); err != nil {
		t.Fatal(err)
	}
	if peak > most || path > hashes {
		t.Errorf("the process had %d KiB and the proof %d hashes; at most %d and %d", peak, path, most, hashes)
	}
}
