package keys

import (
	"crypto/ecdsa"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/accounts/keystore"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/google/uuid"
)

// encryptRaw is what geth does: no normalisation of the password.
func encryptRaw(key *ecdsa.PrivateKey, password string) ([]byte, error) {
	k := &keystore.Key{Id: uuid.New(), Address: crypto.PubkeyToAddress(key.PublicKey), PrivateKey: key}
	return keystore.EncryptKey(k, password, 2, 1)
}

func passwordIn(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "password.txt")
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
	return path
}

func TestPasswordFile(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"parola segreta", "parola segreta"},
		{"parola segreta\n", "parola segreta"},
		{"parola segreta\r\nsecond line\n", "parola segreta"},
		{" spazi attorno ", " spazi attorno "},
	} {
		got, err := PasswordFrom{File: passwordIn(t, c.text, 0o600)}.New("? ")
		if err != nil || got != c.want {
			t.Errorf("%q: %q %v", c.text, got, err)
		}
	}
	for text, want := range map[string]string{
		"": "empty", "\nparola": "empty", "corta": "at least 8",
		"parola\xff\xff\xff\xff": "UTF-8", "parola\x00segreta": "zero byte", strings.Repeat("x", 2000): "more than 1024",
	} {
		if _, err := (PasswordFrom{File: passwordIn(t, text, 0o600)}).New("? "); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	if got, err := (PasswordFrom{File: passwordIn(t, "corta", 0o640)}).Existing("? "); err != nil || got != "corta" {
		t.Errorf("a short password of an existing key: %q %v", got, err)
	}
	for _, mode := range []os.FileMode{0o644, 0o602, 0o666} {
		if _, err := (PasswordFrom{File: passwordIn(t, "parola segreta", mode)}).Existing("? "); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
	if _, err := (PasswordFrom{File: "/nonexistent/password"}).Existing("? "); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestPasswordDescriptor(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.WriteString("parola segreta\n"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	// the descriptor is closed after use, as a caller that passed it expects
	fd := int(r.Fd())
	got, err := PasswordFrom{FD: fd}.New("? ")
	if err != nil || got != "parola segreta" {
		t.Errorf("%q %v", got, err)
	}
	if err := r.Close(); err == nil {
		t.Error("the descriptor was left open")
	}
	if _, err := (PasswordFrom{FD: 1}).Existing("? "); err == nil || !strings.Contains(err.Error(), "3 or higher") {
		t.Errorf("standard output: %v", err)
	}
	if _, err := (PasswordFrom{FD: 987}).Existing("? "); err == nil {
		t.Error("a closed descriptor gave a password")
	}
}

func TestPasswordPrompt(t *testing.T) {
	script := func(answers ...string) (PasswordFrom, *int) {
		asked := 0
		return PasswordFrom{Prompt: func(string) (string, error) {
			asked++
			return answers[asked-1], nil
		}}, &asked
	}
	from, asked := script("parola segreta", "parola segreta")
	if got, err := from.New("? "); err != nil || got != "parola segreta" || *asked != 2 {
		t.Errorf("%q %v, asked %d times", got, err, *asked)
	}
	from, _ = script("parola segreta", "parola segrete")
	if _, err := from.New("? "); err == nil || !strings.Contains(err.Error(), "differ") {
		t.Errorf("%v", err)
	}
	from, asked = script("corta")
	if _, err := from.New("? "); err == nil || *asked != 1 {
		t.Errorf("%v, asked %d times", err, *asked)
	}
	from, asked = script("corta")
	if got, err := from.Existing("? "); err != nil || got != "corta" || *asked != 1 {
		t.Errorf("%q %v, asked %d times", got, err, *asked)
	}
	from.Prompt = func(string) (string, error) { return "", errors.New("interrupted") }
	if _, err := from.Existing("? "); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("%v", err)
	}
}
