// Package pgtest runs a real PostgreSQL server for tests: a cluster of its own in
// a temporary folder, on a socket that only this machine has. The programs are
// Debian's (package postgresql); without them a test fails and says so.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a server of PostgreSQL.
type Server struct {
	bin, dir string
	port     int
	as       *syscall.Credential // nil runs as the user of the tests
	cmd      *exec.Cmd
	done     chan error
	log      bytes.Buffer
	schemas  atomic.Int64
}

// Run starts a server around all tests of a package: func TestMain(m *testing.M)
// { os.Exit(pgtest.Run(m, &server)) }.
func Run(m *testing.M, into **Server) int {
	s, err := New()
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer s.Close()
	*into = s
	return m.Run()
}

// New makes a cluster.
func New() (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin}
	if s.dir, err = os.MkdirTemp("", "pg"); err != nil {
		return nil, err
	}
	if err := s.leaveRoot(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	out, err := s.command("initdb", "-D", s.data(), "-U", "filiera", "-A", "trust", "-N", "-E", "UTF8", "--locale=C").CombinedOutput()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w\n%s", err, out), s.Close())
	}
	return s, s.pickPort()
}

// programs finds the newest of Debian's versions.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("these tests need a PostgreSQL server: install Debian's package postgresql (make setup does)")
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest), nil
}

func version(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return n
}

// leaveRoot chooses another user, because the server refuses to run as root.
func (s *Server) leaveRoot() error {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 != nil || err2 != nil {
			continue
		}
		s.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return os.Chown(s.dir, int(uid), int(gid))
	}
	return errors.New("there is no user postgres nor nobody to run a server as")
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"LC_ALL=C", "TZ=UTC", "HOME=" + s.dir, "PATH=" + os.Getenv("PATH")}
	// The server dies with the test that forgot it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Pdeathsig: syscall.SIGKILL}
	return cmd
}

// pickPort names the socket; nothing listens on the network.
func (s *Server) pickPort() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	return l.Close()
}

// Start runs the server and waits until it answers. After a crash it may take
// some attempts, while processes of the last run are still ending.
func (s *Server) Start() error {
	deadline := time.Now().Add(time.Minute)
	for {
		err := s.start(deadline)
		if err == nil || time.Now().After(deadline) {
			return err
		}
	}
}

func (s *Server) start(deadline time.Time) error {
	s.log.Reset()
	s.cmd = s.command("postgres", "-D", s.data(), "-k", s.dir, "-p", strconv.Itoa(s.port), "-c", "listen_addresses=",
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "shared_buffers=64MB")
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	s.done = make(chan error, 1)
	go func(cmd *exec.Cmd, done chan error) { done <- cmd.Wait() }(s.cmd, s.done)
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case err := <-s.done:
			s.cmd = nil
			return fmt.Errorf("the server ended: %w\n%s", err, s.log.String())
		case <-ticker.C:
		}
		ctx, cancel := context.WithDeadline(context.Background(), deadline)
		c, err := pgx.Connect(ctx, s.address("postgres", nil))
		cancel()
		if err == nil {
			return c.Close(context.Background())
		}
		if time.Now().After(deadline) {
			return errors.Join(err, s.Kill())
		}
	}
}

func (s *Server) address(database string, q url.Values) string {
	if q == nil {
		q = url.Values{}
	}
	q.Set("host", s.dir)
	q.Set("port", strconv.Itoa(s.port))
	return "postgres://filiera@/" + database + "?" + q.Encode()
}

// Schema gives the address of a schema that nobody has used.
func (s *Server) Schema() string {
	name := "t" + strconv.Itoa(os.Getpid()) + "_" + strconv.FormatInt(s.schemas.Add(1), 10)
	return s.address("postgres", url.Values{"search_path": {name}})
}

// Kill ends the server as a crash would: nothing is flushed, every session breaks.
func (s *Server) Kill() error { return s.signal(syscall.SIGQUIT) }

func (s *Server) signal(sig syscall.Signal) error {
	if s.cmd == nil {
		return nil
	}
	if err := s.cmd.Process.Signal(sig); err != nil {
		return err
	}
	<-s.done
	s.cmd = nil
	return nil
}

// Close ends the server and removes its cluster.
func (s *Server) Close() error {
	return errors.Join(s.signal(syscall.SIGINT), os.RemoveAll(s.dir))
}
