package testnet_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/filiera-chain/filiera/keys"
	"github.com/filiera-chain/filiera/testnet"
)

// office is a producer's computer: a home with a key, and the program.
type office struct {
	t              *testing.T
	ledger         *testnet.Ledger
	dir, home, pwd string
}

func newOffice(t *testing.T, l *testnet.Ledger) *office {
	t.Helper()
	o := &office{t: t, ledger: l, dir: t.TempDir()}
	o.home, o.pwd = filepath.Join(o.dir, "home"), filepath.Join(o.dir, "password")
	const password = "correct horse battery"
	ring, err := keys.Open(filepath.Join(o.home, "keys"), keys.LightScrypt())
	check(t, err)
	_, err = ring.ImportHex("office", strings.NewReader(secret(l.Senders[0].Key)), password)
	check(t, err)
	check(t, os.WriteFile(o.pwd, []byte(password+"\n"), 0o600))
	return o
}

// run runs the program and gives its exit code and what it printed.
func (o *office) run(args ...string) (int, []byte) {
	o.t.Helper()
	cmd := exec.Command(program, append(args, "--home", o.home, "--node", o.ledger.Gateway)...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		o.t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code > 1 {
		o.t.Logf("%s: exit code %d: %s", args[0], code, said.Bytes())
	}
	return cmd.ProcessState.ExitCode(), out.Bytes()
}

func (o *office) importing(file string, args ...string) (int, map[string]int) {
	o.t.Helper()
	report := filepath.Join(o.dir, "report.json")
	code, _ := o.run(append([]string{"batch", "import", file, "--from", "office", "--password-file", o.pwd, "--report", report}, args...)...)
	data, err := os.ReadFile(report)
	check(o.t, err)
	var r struct {
		Summary map[string]int `json:"summary"`
		Rows    []struct {
			Line                 int
			State, Code, Message string
		}
	}
	check(o.t, json.Unmarshal(data, &r))
	counted := map[string]int{}
	for i, row := range r.Rows {
		counted[row.State]++
		if i > 0 && row.Line <= r.Rows[i-1].Line {
			o.t.Fatalf("the report's line %d follows line %d", row.Line, r.Rows[i-1].Line)
		}
		if (row.State == "malformed" || row.State == "refused") && (row.Code == "" || row.Message == "") {
			o.t.Errorf("line %d: %s without a reason", row.Line, row.State)
		}
	}
	if fmt.Sprint(counted) != fmt.Sprint(r.Summary) {
		o.t.Errorf("the rows of the report count %v, its summary says %v", counted, r.Summary)
	}
	return code, counted
}

// fill writes a workbook as a producer fills in the template: rows of lots
// prefix00000…, with something wrong in every one of the bad ones.
func fill(t *testing.T, template, file, gtin, prefix string, rows int, bad map[int]func([]any)) {
	t.Helper()
	book, err := excelize.OpenFile(template)
	check(t, err)
	defer book.Close()
	sheet := book.GetSheetName(0)
	head, err := book.GetRows(sheet)
	check(t, err)
	first := len(head) + 1
	today := time.Now().UTC()
	for i := range rows {
		cells := []any{gtin, fmt.Sprintf("%s%05d", prefix, i), 12_000, today.Format(time.DateOnly), "2099-12-31", "109004"}
		if spoil := bad[i]; spoil != nil {
			spoil(cells)
		}
		check(t, book.SetSheetRow(sheet, fmt.Sprintf("A%d", first+i), &cells))
	}
	check(t, book.SaveAs(file))
}

// Ten thousand rows of a workbook, some of them wrong, become ten thousand
// fates: in the report, and on the ledger.
func TestTenThousandRowsOfAWorkbook(t *testing.T) {
	const rows = 10_000
	l := startLedger(t, 1)
	o := newOffice(t, l)
	gtin := l.Senders[0].GTIN
	template, file := filepath.Join(o.dir, "template.xlsx"), filepath.Join(o.dir, "batches.xlsx")
	if code, _ := o.run("batch", "template", gtin, template); code != 0 {
		t.Fatalf("the template: exit code %d", code)
	}
	fill(t, template, file, gtin, "X", rows, map[int]func([]any){
		17:    func(c []any) { c[2] = "dodici" },
		900:   func(c []any) { c[3] = "31/02/2026" },
		4_000: func(c []any) { c[1] = "X03999" },
		7_777: func(c []any) { c[0] = "8012345678900" },
		9_999: func(c []any) { c[5] = "058091" }, // Rome: outside the specification's area
	})
	code, got := o.importing(file)
	if want := map[string]int{"malformed": 4, "refused": 1, "not_sent": rows - 5}; code != 1 || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("with bad rows: exit code %d, %v, want 1 and %v", code, got, want)
	}
	began := time.Now()
	code, got = o.importing(file, "--skip-bad")
	took := time.Since(began)
	if want := map[string]int{"malformed": 4, "refused": 1, "registered": rows - 5}; code != 1 || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("without the bad rows: exit code %d, %v, want 1 and %v", code, got, want)
	}
	t.Logf("%d rows of a workbook read, checked, signed, committed and reported in %v", rows, took.Round(100*time.Millisecond))
	if code, got = o.importing(file, "--skip-bad"); code != 1 || got["already_registered"] != rows-5 || got["registered"] != 0 {
		t.Errorf("once more: exit code %d, %v, want all of them registered already", code, got)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := l.Client()
	check(t, err)
	for _, i := range []int{0, 16, 18, 9_998} {
		b, err := c.Batch(ctx, gtin, fmt.Sprintf("X%05d", i))
		check(t, err)
		if b.Quantity.Amount != 12_000 {
			t.Errorf("row %d: %+v, want 12,000 g", i, b.Quantity)
		}
	}
	check(t, l.Stop())
}

// An import that is killed on its way is begun again with the same command:
// every row is on the ledger once.
func TestAKilledImportIsBegunAgain(t *testing.T) {
	const rows = 3_000
	l := startLedger(t, 1)
	o := newOffice(t, l)
	gtin := l.Senders[0].GTIN
	template, file := filepath.Join(o.dir, "template.xlsx"), filepath.Join(o.dir, "batches.xlsx")
	if code, _ := o.run("batch", "template", gtin, template); code != 0 {
		t.Fatalf("the template: exit code %d", code)
	}
	fill(t, template, file, gtin, "K", rows, nil)
	killed := exec.Command(program, "batch", "import", file, "--from", "office", "--password-file", o.pwd, "--in-flight", "64",
		"--home", o.home, "--node", l.Gateway)
	check(t, killed.Start())
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := l.Client()
	check(t, err)
	for { // until something is there
		if _, err := c.Batch(ctx, gtin, "K00100"); err == nil {
			break
		} else if ctx.Err() != nil {
			t.Fatal("no row was registered in a minute")
		}
	}
	check(t, killed.Process.Kill())
	if err := killed.Wait(); err == nil {
		t.Fatal("the import was through before it could be killed: the test proves nothing")
	}
	code, got := o.importing(file)
	if code != 0 || got["registered"]+got["already_registered"] != rows || got["already_registered"] < 100 || got["registered"] == 0 {
		t.Errorf("begun again: exit code %d, %v, want %d rows, some of either kind", code, got, rows)
	}
	if code, got = o.importing(file); code != 0 || got["already_registered"] != rows {
		t.Errorf("once more: exit code %d, %v", code, got)
	}
	check(t, l.Stop())
}
