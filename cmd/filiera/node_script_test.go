package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// nodeWithin is how long a node may take to answer or to end.
const nodeWithin = time.Minute

var gatewayAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// nodeScript runs a node as a process of its own beside a script:
//
//	node start HOME   starts it on free ports, waits until it is ready, and
//	                  sets FILIERA_NODE
//	node stop HOME    ends it as Ctrl-C does
func nodeScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: node start|stop HOME")
	}
	running := ts.Value(nodesKey{}).(map[string]*nodeProcess)
	switch args[0] {
	case "start":
		p := startNode(ts, args[1])
		running[args[1]] = p
		ts.Defer(p.stop)
	case "stop":
		p := running[args[1]]
		if p == nil {
			ts.Fatalf("no node runs in %s", args[1])
		}
		p.stop()
	default:
		ts.Fatalf("node %s: unknown", args[0])
	}
}

// nodesKey finds a script's nodes, by home, among its values.
type nodesKey struct{}

type nodeProcess struct {
	cmd  *exec.Cmd
	done chan struct{}
}

func (p *nodeProcess) stop() {
	select {
	case <-p.done:
		return
	default:
	}
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.done:
	case <-time.After(nodeWithin):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

func startNode(ts *testscript.TestScript, home string) *nodeProcess {
	program := findProgram(ts)
	cmd := exec.Command(program, "start", "--home", ts.MkAbs(home), "--gateway", "127.0.0.1:0")
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "FILIERA_LANG=en")
	stderr, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	p := &nodeProcess{cmd: cmd, done: make(chan struct{})}
	address, said := make(chan string, 1), new(strings.Builder)
	go func() {
		readLog(stderr, said, address)
		_ = cmd.Wait()
		close(p.done)
	}()
	select {
	case url := <-address:
		waitReady(ts, url)
		ts.Setenv("FILIERA_NODE", url)
	case <-p.done:
		ts.Fatalf("the node ended: %s", said)
	case <-time.After(nodeWithin):
		p.stop()
		ts.Fatalf("the node gave no address: %s", said)
	}
	return p
}

// readLog passes on the first address in the node's log, and reads to the end
// so that the node never waits for a reader.
func readLog(from io.Reader, said *strings.Builder, address chan<- string) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if url := gatewayAddress.FindString(lines.Text()); url != "" {
			select {
			case address <- url:
			default:
			}
		}
	}
}

// findProgram looks in the script's PATH, where testscript put this binary
// under the name filiera.
func findProgram(ts *testscript.TestScript) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if path := filepath.Join(dir, "filiera"); isFile(path) {
			return path
		}
	}
	ts.Fatalf("filiera is not in the PATH of the script")
	return ""
}

func isFile(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

// waitReady asks until the gateway says that it is ready.
func waitReady(ts *testscript.TestScript, url string) {
	ctx, stop := context.WithTimeout(context.Background(), nodeWithin)
	defer stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
		ts.Check(err)
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("the node was not ready in %v: %v", nodeWithin, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
