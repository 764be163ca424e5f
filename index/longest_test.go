package index

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// The longest and least compressible names and values that consensus accepts
// never stop a projector, on any engine.
func TestWhatIsLongestFitsEveryEngine(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	rnd := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[r.Intn(62)]
		}
		return string(b)
	}
	wide := func(n int) string {
		var b strings.Builder
		for b.Len() < n-3 {
			b.WriteRune(rune(0x4e00 + r.Intn(0x5000)))
		}
		return b.String()
	}
	nul := strings.Repeat(`\u0000`, 400)
	for name, body := range map[string]string{
		"extension":   `"ex:` + rnd(250) + `":"` + rnd(400) + `","ex:b":"` + wide(400) + `","ex:c":"` + nul + `","ex:d":"` + rnd(200000) + `","ex:e":"` + rnd(3600) + `","ex:f":"` + wide(3600) + `"`,
		"transaction": `"bizTransactionList":[{"type":"urn:x:` + rnd(394) + `","bizTransaction":"urn:x:` + rnd(394) + `"},{"type":"urn:x:` + rnd(4000) + `","bizTransaction":"urn:x:` + rnd(4000) + `"}]`,
		"source":      `"sourceList":[{"type":"urn:x:` + rnd(386) + `","source":"urn:x:` + rnd(394) + `"}]`,
		"place":       `"readPoint":{"id":"urn:x:` + rnd(394) + `","ex:` + rnd(200) + `":{"ex:` + rnd(200) + `":"` + rnd(399) + `"}}`,
		"eventID":     `"eventID":"urn:x:` + rnd(494) + `"`,
		"sensor":      `"sensorElementList":[{"sensorMetadata":{"deviceID":"urn:x:` + rnd(394) + `"},"sensorReport":[{"type":"urn:x:` + rnd(394) + `","value":1` + strings.Repeat("7", 60) + `,"stringValue":"` + nul + `","uriValue":"urn:x:` + rnd(394) + `"}]}]`,
		"number":      `"ex:n":` + strings.Repeat("9", 32) + `.` + strings.Repeat("1", 31),
		"ilmd":        `"ilmd":{"ex:` + rnd(250) + `":{"ex:` + rnd(250) + `":"` + wide(399) + `"}}`,
		"step":        `"bizStep":"urn:x:` + rnd(494) + `","disposition":"urn:x:` + rnd(494) + `"`,
	} {
		t.Run(name, func(t *testing.T) {
			space := fmt.Sprintf("https://n.example/%s/", rnd(200))
			doc := strings.Replace(epcisHead, "https://ns.example.com/epcis/", space, 1) + `{"type":"ObjectEvent","action":"ADD","eventTime":"2026-11-21T08:00:00Z","eventTimeZoneOffset":"+00:00",
"epcList":["urn:epc:id:sgtin:4012345.012345.77"],` + body + `}]}}`
			eachModel(t, func(t *testing.T, m Model) {
				c := newChain(t, 1, 0)
				var b Block
				c.capture(&b, doc)
				c.seal(b)
				apply(t, m, c.blocks)
				if got := seqs(t, m, EPCISQuery{}); len(got) != 1 {
					t.Errorf("%d events", len(got))
				}
			})
		})
	}
}
