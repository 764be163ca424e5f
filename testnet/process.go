// Package testnet runs real nodes as real processes, for measurements and for
// tests that stop, kill and restart them.
package testnet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// Process is a node's process. Its methods are not for concurrent use.
type Process struct {
	cmd  *exec.Cmd
	log  *tail
	done chan struct{}
	err  error
}

// tail keeps the end of what a process prints.
type tail struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.buf.Len() > 64<<10 {
		t.buf.Reset()
	}
	return t.buf.Write(p)
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}

// Run starts program with args. env is added to this process's own.
func Run(program string, env []string, args ...string) (*Process, error) {
	p := &Process{cmd: exec.Command(program, args...), log: &tail{}, done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// Log is the end of what the process printed.
func (p *Process) Log() string { return p.log.String() }

// WaitFor polls a URL until it answers 200, the process ends or ctx is done.
func (p *Process) WaitFor(ctx context.Context, url string) error {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-p.done:
			return fmt.Errorf("the process ended (%w): %s", p.err, p.Log())
		case <-ctx.Done():
			return fmt.Errorf("%s did not answer: %w: %s", url, ctx.Err(), p.Log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stopWithin is how long a process may take to end when asked.
const stopWithin = 20 * time.Second

// Stop asks the process to end and waits for it.
func (p *Process) Stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.done:
		return nil
	case <-time.After(stopWithin):
		p.Kill()
		return fmt.Errorf("the process did not end when asked: %s", p.Log())
	}
}

// Kill ends the process at once, as a power cut does, and waits for it.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// FreePort gives a loopback address that nobody listens on now.
func FreePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
