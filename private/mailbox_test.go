package private

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newMailbox(t *testing.T, l MailboxLimits) (*Mailbox, *clock, string) {
	t.Helper()
	c, dir := &clock{time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}, t.TempDir()
	m, err := OpenMailbox(dir, l, c.now)
	must(t, err)
	return m, c, dir
}

func TestAMailboxKeepsPackagesUntilTheyAreTaken(t *testing.T) {
	m, _, dir := newMailbox(t, DefaultMailboxLimits())
	p := sealed(t, "mill")
	w, err := m.Put(p)
	must(t, err)
	if again, err := m.Put(p); err != nil || again.ID != w.ID || m.bytes != w.Size {
		t.Errorf("again: %v %v", again, err)
	}
	if len(m.For("mill")) != 1 || len(m.For("farm")) != 0 {
		t.Errorf("waiting: %v", m.For("mill"))
	}
	if _, err := m.Find("farm", w.ID); !errors.Is(err, ErrNoPackage) {
		t.Errorf("another recipient finds it: %v", err)
	}
	m, err = OpenMailbox(dir, DefaultMailboxLimits(), time.Now) // after a restart
	must(t, err)
	w, err = m.Find("mill", w.ID)
	must(t, err)
	raw, err := m.Read(w)
	must(t, err)
	got, err := DecodePackage(raw)
	must(t, err)
	if _, err := got.Open(keyOf(t, "mill")); err != nil {
		t.Error(err)
	}
	must(t, m.Remove(w))
	if err := m.Remove(w); !errors.Is(err, ErrNoPackage) {
		t.Errorf("removed twice: %v", err)
	}
	if _, err := m.Read(w); !errors.Is(err, ErrNoPackage) || m.bytes != 0 {
		t.Errorf("after it was taken: %v, %d bytes", err, m.bytes)
	}
}

func TestAMailboxHasBounds(t *testing.T) {
	small := MailboxLimits{PerRecipient: 2, PerSender: 3, PerPair: 100, Bytes: 1 << 20, SenderBytes: 1 << 20, Age: time.Hour}
	m, _, _ := newMailbox(t, small)
	put := func(to string) error { _, err := m.Put(sealed(t, to)); return err }
	must(t, put("mill"))
	must(t, put("mill"))
	if err := put("mill"); !errors.Is(err, ErrFull) {
		t.Errorf("a third for one recipient: %v", err)
	}
	must(t, put("farm"))
	if err := put("body"); !errors.Is(err, ErrFull) {
		t.Errorf("a fourth of one sender: %v", err)
	}
	small.PerSender, small.Bytes = 100, 10
	m, _, _ = newMailbox(t, small)
	if err := put("mill"); !errors.Is(err, ErrFull) {
		t.Errorf("more bytes than there may be: %v", err)
	}
	small.Bytes, small.SenderBytes = 1<<20, 10
	m, _, _ = newMailbox(t, small)
	if err := put("mill"); !errors.Is(err, ErrFull) {
		t.Errorf("more bytes than one sender may: %v", err)
	}
	small.SenderBytes, small.PerPair, small.PerRecipient = 1<<20, 1, 100
	m, _, _ = newMailbox(t, small)
	must(t, put("mill"))
	if err := put("mill"); !errors.Is(err, ErrFull) {
		t.Errorf("a second from one sender for one recipient: %v", err)
	}
	bad := sealed(t, "mill")
	bad.To = "../../mill"
	if _, err := m.Put(bad); err == nil || errors.Is(err, ErrFull) {
		t.Errorf("a recipient that is a path: %v", err)
	}
}

func TestSweepingTakesTheErasedAndTheOld(t *testing.T) {
	m, c, dir := newMailbox(t, DefaultMailboxLimits())
	w, err := m.Put(sealed(t, "mill"))
	must(t, err)
	never := func(string, string) (bool, error) { return false, nil }
	if n, err := m.Sweep(never); n != 0 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	failed := errors.New("the state cannot be read")
	if _, err := m.Sweep(func(string, string) (bool, error) { return false, failed }); !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	other := sealed(t, "baker")
	other.Commitment = strings.Repeat("00", 32)
	_, err = m.Put(other)
	must(t, err)
	n, err := m.Sweep(func(commitment, field string) (bool, error) {
		if commitment != w.Commitment {
			return commitment != other.Commitment, failed // keeps nothing else from going
		}
		return field == "price", nil
	})
	if n != 1 || !errors.Is(err, failed) {
		t.Errorf("%d %v", n, err)
	}
	if n, err := m.Sweep(func(string, string) (bool, error) { return true, nil }); n != 1 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	if files, err := filepath.Glob(filepath.Join(dir, "*", "*")); err != nil || len(files) != 0 {
		t.Errorf("left: %v %v", files, err)
	}
	_, err = m.Put(sealed(t, "farm"))
	must(t, err)
	c.at = c.at.Add(31 * 24 * time.Hour)
	if n, err := m.Sweep(never); n != 1 || err != nil {
		t.Errorf("old: %d %v", n, err)
	}
}

func TestAStrangersFileStopsTheMailbox(t *testing.T) {
	m, _, dir := newMailbox(t, DefaultMailboxLimits())
	w, err := m.Put(sealed(t, "mill"))
	must(t, err)
	must(t, os.Rename(m.path(w), filepath.Join(dir, "mill", "other.json")))
	if _, err := OpenMailbox(dir, DefaultMailboxLimits(), time.Now); err == nil {
		t.Error("a file under another name is taken")
	}
}
