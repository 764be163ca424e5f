package testnet_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/filiera-chain/filiera/keys"
	"github.com/filiera-chain/filiera/testnet"
	"github.com/filiera-chain/filiera/tokens"
)

// capturer is a ledger whose node signs captures for its first producer.
type capturer struct {
	*testnet.Ledger
	t     *testing.T
	token string
	args  []string
}

func startCapturer(ctx context.Context, t *testing.T) *capturer {
	t.Helper()
	l, err := testnet.NewLedger(program, t.TempDir(), 1)
	check(t, err)
	const password = "correct horse battery"
	ring, err := keys.Open(l.Home.Keys(), keys.LightScrypt())
	check(t, err)
	_, err = ring.ImportHex("office", strings.NewReader(secret(l.Senders[0].Key)), password)
	check(t, err)
	file := filepath.Join(t.TempDir(), "password")
	check(t, os.WriteFile(file, []byte(password+"\n"), 0o600))
	c := &capturer{Ledger: l, t: t, args: []string{"--epcis-capture", "office=" + file}}
	c.token, _, err = tokens.Open(l.Home.Tokens()).Add("office", "test", 0, time.Now(), nil)
	check(t, err)
	check(t, l.Start(ctx, c.args...))
	return c
}

func (c *capturer) ask(method, path, body string) (int, http.Header, []byte) {
	c.t.Helper()
	for {
		req, err := http.NewRequest(method, c.Gateway+path, strings.NewReader(body))
		check(c.t, err)
		req.Header.Set("Authorization", "Bearer "+c.token)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		check(c.t, err)
		answer, err := io.ReadAll(res.Body)
		res.Body.Close()
		check(c.t, err)
		if res.StatusCode != http.StatusTooManyRequests {
			return res.StatusCode, res.Header, answer
		}
		time.Sleep(100 * time.Millisecond) // as it is told to
	}
}

func observed(n int) string {
	return fmt.Sprintf(`{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"EPCISDocument","schemaVersion":"2.0",
"creationDate":"2026-01-01T00:00:00Z","epcisBody":{"eventList":[{"type":"ObjectEvent","action":"OBSERVE","eventTime":"2026-01-01T00:00:00.%03dZ",
"eventTimeZoneOffset":"+00:00","epcList":["urn:epc:id:sgtin:4012345.012345.%d"],"bizStep":"shipping"}]}}`, n, n)
}

// TestKillingTheNodeDoublesNoCapture kills the node, as a power cut does, while it
// works on capture jobs; each job that was accepted ends well, and each event is on
// the ledger once.
func TestKillingTheNodeDoublesNoCapture(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c := startCapturer(ctx, t)
	const rounds, each = 3, 25
	var jobs []string
	for round := range rounds {
		for i := range each {
			status, header, answer := c.ask("POST", "/epcis/capture", observed(round*each+i))
			if status != http.StatusAccepted {
				t.Fatalf("%d %s", status, answer)
			}
			jobs = append(jobs, header.Get("Location"))
		}
		c.Kill()
		check(t, c.Start(ctx, c.args...))
	}
	for _, path := range jobs {
		for {
			status, _, answer := c.ask("GET", path, "")
			var job struct {
				Running, Success bool
				Events           struct{ Accepted, Duplicate, Refused int } `json:"filiera:events"`
			}
			check(t, json.Unmarshal(answer, &job))
			if status != http.StatusOK || ctx.Err() != nil {
				t.Fatalf("%s: %d %s", path, status, answer)
			}
			if !job.Running {
				if !job.Success || job.Events.Accepted != 1 || job.Events.Duplicate+job.Events.Refused != 0 {
					t.Errorf("%s: %s", path, answer)
				}
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	_, _, answer := c.ask("GET", "/epcis/events?perPage=500", "")
	if n := strings.Count(string(answer), `"ObjectEvent"`); n != rounds*each {
		t.Errorf("%d events on the ledger, of %d captured", n, rounds*each)
	}
	check(t, c.Stop())
}
