package private

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
)

const workEnv = "FILIERA_TEST_PRIVATE_STORE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(workEnv); dir != "" {
		fmt.Fprintln(os.Stderr, work(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func numbered(i int) (value string, n Name) {
	return fmt.Sprintf("%s, number %06d", secret, i), Name{sha256.Sum256([]byte{byte(i), byte(i >> 8)}), "price"}
}

// work keeps openings and erases every second one, and says what it did, until
// it is killed.
func work(dir string) error {
	seed := sha256.Sum256([]byte("maker"))
	key, err := crypto.ToECDSA(seed[:])
	if err != nil {
		return err
	}
	s, err := Open(dir, key)
	if err != nil {
		return err
	}
	box, err := OpenMailbox(filepath.Join(dir, "box"), DefaultMailboxLimits(), time.Now)
	if err != nil {
		return err
	}
	for i := range 1 << 16 {
		value, n := numbered(i)
		o, _ := opening("price", value)
		if err := s.Put(n, o); err != nil {
			return err
		}
		fmt.Println("put", i)
		if i%2 == 1 {
			continue
		}
		if _, err := s.Erase(n); err != nil {
			return err
		}
		fmt.Println("erased", i)
		p, err := Seal(o, n, "mill", crypto.CompressPubkey(&key.PublicKey))
		if err != nil {
			return err
		}
		w, err := box.Put(p)
		if err != nil {
			return err
		}
		if err := box.Remove(w); err != nil {
			return err
		}
	}
	return errors.New("nobody killed it")
}

// TestAKilledProcessLosesAndLeavesNothing kills a process at its work, many
// times: what it said to be kept opens, what it said to be erased is gone, what
// it was at is one or the other, and is erased for good when it is erased again.
func TestAKilledProcessLosesAndLeavesNothing(t *testing.T) {
	for round := range 12 {
		dir := t.TempDir()
		last := killed(t, dir, 3+7*round%23)
		if _, err := OpenMailbox(filepath.Join(dir, "box"), DefaultMailboxLimits(), time.Now); err != nil {
			t.Fatalf("round %d: the mailbox does not open: %v", round, err)
		}
		s, err := Open(dir, keyOf(t, "maker"))
		must(t, err)
		unlock, err := s.Lock()
		must(t, err)
		unlock()
		if left, err := filepath.Glob(filepath.Join(dir, "*", tempPrefix+"*")); err != nil || len(left) != 0 {
			t.Fatalf("round %d: there is left %v (%v)", round, left, err)
		}
		for i := range len(last) + 1 {
			value, n := numbered(i)
			want, _ := opening("price", value)
			got, err := s.Get(n)
			switch {
			case err == nil && got.Commitment() != want.Commitment():
				t.Fatalf("round %d: another value is kept as %d", round, i)
			case err != nil && !errors.Is(err, ErrNotKept):
				t.Fatalf("round %d: %d is neither kept nor gone: %v", round, i, err)
			case err != nil && i < len(last)-1 && i%2 == 1:
				t.Fatalf("round %d: %d was kept and is lost", round, i)
			case err == nil && i < len(last) && last[i] == "erased":
				t.Fatalf("round %d: %d was erased and opens", round, i)
			}
			if i%2 == 0 || err != nil {
				_, err := s.Erase(n)
				must(t, err)
				if left, err := filepath.Glob(filepath.Join(dir, n.ID(), "*")); err != nil || len(left) != 0 {
					t.Fatalf("round %d: of %d there is left %v (%v)", round, i, left, err)
				}
			}
		}
	}
}

// killed runs work until it has said so many lines, kills it, and gives the last
// that it said of each number.
func killed(t *testing.T, dir string, lines int) (last []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), workEnv+"="+dir)
	said := new(strings.Builder)
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	count := 0
	for read := bufio.NewScanner(out); read.Scan(); count++ {
		var what string
		var i int
		if _, err := fmt.Sscan(read.Text(), &what, &i); err != nil {
			t.Fatal(err)
		}
		last = append(last[:i], what)
		if count == lines {
			must(t, cmd.Process.Kill())
		}
	}
	if err := cmd.Wait(); err == nil || count < lines || said.Len() > 0 {
		t.Fatalf("it ended by itself: %v after %d lines: %s", err, count, said)
	}
	return last
}
