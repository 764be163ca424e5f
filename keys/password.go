package keys

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

const (
	minPassword = 8    // characters, for new keys
	maxPassword = 1024 // bytes
)

// PasswordFrom says where a password comes from; the first source set wins.
// There is none for arguments and environment values on purpose: other users
// and crash reports see those.
type PasswordFrom struct {
	// File is a path whose first line is the password; "-" is standard input.
	// A file that other users can reach is refused.
	File string
	// FD is an open file descriptor above 2 whose first line is the password.
	FD int
	// Prompt asks a person and returns what was typed, without echo. Nil asks
	// on the terminal.
	Prompt func(question string) (string, error)
}

// CheckNewPassword refuses passwords too short to protect a key file.
func CheckNewPassword(password string) error {
	if n := utf8.RuneCountInString(password); n < minPassword {
		return fmt.Errorf("the password has %d characters: a key file needs at least %d", n, minPassword)
	}
	return checkPassword(password)
}

func checkPassword(password string) error {
	switch {
	case password == "":
		return errors.New("the password is empty")
	case len(password) > maxPassword:
		return fmt.Errorf("the password has more than %d bytes", maxPassword)
	case !utf8.ValidString(password):
		return errors.New("the password is not valid UTF-8 text")
	case strings.ContainsRune(password, 0):
		return errors.New("the password holds a zero byte")
	}
	return nil
}

// Existing gets the password of a key that exists.
func (s PasswordFrom) Existing(question string) (string, error) {
	password, err := s.read(question)
	if err != nil {
		return "", err
	}
	return password, checkPassword(password)
}

// New gets a password for a new key. A person types it twice.
func (s PasswordFrom) New(question string) (string, error) {
	password, err := s.read(question)
	if err != nil {
		return "", err
	}
	if err := CheckNewPassword(password); err != nil {
		return "", err
	}
	if s.File != "" || s.FD > 0 {
		return password, nil
	}
	again, err := s.read("Again, the same: ")
	if err != nil {
		return "", err
	}
	if again != password {
		return "", errors.New("the two passwords differ: nothing was done, try again")
	}
	return password, nil
}

func (s PasswordFrom) read(question string) (string, error) {
	switch {
	case s.File == "-":
		return firstLine(os.Stdin)
	case s.File != "":
		return passwordFile(s.File)
	case s.FD > 2:
		f := os.NewFile(uintptr(s.FD), "password")
		if f == nil {
			return "", fmt.Errorf("file descriptor %d is not open", s.FD)
		}
		defer f.Close()
		password, err := firstLine(f)
		if err != nil {
			return "", fmt.Errorf("file descriptor %d: %w", s.FD, err)
		}
		return password, nil
	case s.FD != 0:
		return "", fmt.Errorf("file descriptor %d cannot carry a password: use 3 or higher, or - for standard input", s.FD)
	case s.Prompt != nil:
		return s.Prompt(question)
	}
	return askTerminal(question)
}

func passwordFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("open the password file: %w", err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("open the password file: %w", err)
	}
	// pipes (process substitution) have no meaningful mode
	if st.Mode().IsRegular() && st.Mode().Perm()&0o007 != 0 {
		return "", fmt.Errorf("the password file %s is open to other users (mode %04o): run chmod 600 on it", path, st.Mode().Perm())
	}
	password, err := firstLine(f)
	if err != nil {
		return "", fmt.Errorf("the password file %s: %w", path, err)
	}
	return password, nil
}

// firstLine reads up to the first line break, which is not part of the
// password (editors and echo add one).
func firstLine(from io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(from, maxPassword+2)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
	if line == "" {
		return "", errors.New("the first line, where the password should be, is empty")
	}
	return line, nil
}

// askTerminal uses the controlling terminal, so that asking works while
// standard input carries a document.
func askTerminal(question string) (string, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		if !term.IsTerminal(int(os.Stdin.Fd())) {
			return "", errors.New("there is no terminal to ask for the password on: give --password-file")
		}
		return readHidden(os.Stdin, os.Stderr, question)
	}
	defer tty.Close()
	return readHidden(tty, tty, question)
}

func readHidden(in *os.File, out io.Writer, question string) (string, error) {
	fmt.Fprint(out, question)
	line, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(out)
	if err != nil {
		return "", fmt.Errorf("read the password: %w", err)
	}
	return string(line), nil
}
