package commitment

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

// vector is a case for other implementations. Value is in hex, canonical.
type vector struct {
	ChainID     string `json:"chain_id"`
	Participant string `json:"participant"`
	Subject     string `json:"subject"`
	Field       string `json:"field"`
	Form        string `json:"form"`
	Typed       string `json:"typed_hex"`
	Value       string `json:"value_hex"`
	Salt        string `json:"salt"`
	Commitment  string `json:"commitment"`
	ID          string `json:"id_of_this_field_alone"`
}

func TestGoldenVectors(t *testing.T) {
	const gtin = "08012345678907"
	cases := []struct {
		subject      Subject
		field, typed string
		form         Form
		salt         byte
	}{
		{Batch(gtin, "L26-001"), "price", "12,50", Text, 1},
		{Batch(gtin, "L26-001"), "price", "12,50", Text, 2},
		{Batch(gtin, "L26-001"), "volume", "12,50", Text, 1},
		{Batch(gtin, "A/1"), "recipe", "uova: 10\r\nfarina: 1 kg\r\n", Text, 3},
		{Batch(gtin, "A/1"), "supplier", "Caffe\u0301 Marche\n\n", Text, 4},
		{Product(gtin), "recipe", "", Text, 5},
		{Event(bytes.Repeat([]byte{0xab}, 32)), "evidence", "%PDF-1.7\r\n\x00\xff", Bytes, 6},
		{Attestation("urn:uuid:6fd1b1c4-0d2a-4f63-9a1f-5b8a4a0c2e11"), "finding", "ok", Bytes, 7},
	}
	var got []vector
	for _, c := range cases {
		value, err := c.form.Canonical([]byte(c.typed))
		must(t, err)
		must(t, c.subject.Check())
		place := Place{"filiera-demo", "pastificio-example", c.subject, c.field}
		salt := [SaltSize]byte(bytes.Repeat([]byte{c.salt}, SaltSize))
		sum := Of(place, c.form, salt, value)
		id := ID(place.ChainID, place.Participant, c.subject, []Named{{c.field, sum[:]}})
		x := func(b []byte) string { return hex.EncodeToString(b) }
		got = append(got, vector{place.ChainID, place.Participant, string(c.subject), c.field, string(c.form), x([]byte(c.typed)), x(value), x(salt[:]), x(sum[:]), x(id[:])})
	}
	text, err := json.MarshalIndent(got, "", "  ")
	must(t, err)
	text = append(text, '\n')
	if *update {
		must(t, os.WriteFile("testdata/vectors.json", text, 0o644))
	}
	want, err := os.ReadFile("testdata/vectors.json")
	if err != nil || !bytes.Equal(text, want) {
		t.Errorf("commitments changed (%v); those on ledgers would not open any more:\n%s", err, text)
	}
}

// TestACommitmentByHand works one case out from the page of the format alone.
func TestACommitmentByHand(t *testing.T) {
	raw, err := os.ReadFile("testdata/by_hand.txt")
	must(t, err)
	lines := strings.Fields(string(raw)) // message in hex, then what OpenSSL says of it
	want, err := hex.DecodeString(lines[1])
	must(t, err)
	got := Of(Place{"filiera-demo", "pastificio-example", Batch("08012345678907", "L26-001"), "price"}, Text, [SaltSize]byte(bytes.Repeat([]byte{1}, SaltSize)), []byte("12,50"))
	if !bytes.Equal(got[:], want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func openings() *rapid.Generator[*Opening] {
	return rapid.Custom(func(t *rapid.T) *Opening {
		o := &Opening{
			Place: Place{
				rapid.StringMatching(`[a-z0-9-]{1,10}`).Draw(t, "chain"), rapid.StringMatching(`[a-z0-9-]{3,10}`).Draw(t, "participant"),
				Batch("08012345678907", rapid.StringMatching(`[A-Z0-9/-]{1,20}`).Draw(t, "lot")), rapid.StringMatching(`[a-z]{1,10}`).Draw(t, "field"),
			},
			Form: rapid.SampledFrom([]Form{Text, Bytes}).Draw(t, "form"),
		}
		copy(o.Salt[:], rapid.SliceOfN(rapid.Byte(), SaltSize, SaltSize).Draw(t, "salt"))
		raw := rapid.SliceOfN(rapid.Byte(), 0, 50).Draw(t, "value")
		if o.Form == Text {
			raw = []byte(rapid.String().Draw(t, "text"))
		}
		value, err := o.Form.Canonical(raw)
		if err != nil {
			o.Form, value = Bytes, raw
		}
		o.Value = append([]byte{}, value...)
		return o
	})
}

// TestCommitmentsBind: whatever is changed in an opening, it opens nothing.
func TestCommitmentsBind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := openings().Draw(t, "opening")
		sum := o.Commitment()
		if err := o.Check(sum[:]); err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(*Opening){
			"chain":       func(o *Opening) { o.ChainID += "x" },
			"participant": func(o *Opening) { o.Participant += "x" },
			"subject":     func(o *Opening) { o.Subject += "x" },
			"field":       func(o *Opening) { o.Field += "x" },
			"form":        func(o *Opening) { o.Form = map[Form]Form{Text: Bytes, Bytes: Text}[o.Form] },
			"salt": func(o *Opening) {
				o.Salt[rapid.IntRange(0, 31).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			},
			"longer": func(o *Opening) { o.Value = append(bytes.Clone(o.Value), 0) },
			// What moves from one part to its neighbour is another opening.
			"shifted": func(o *Opening) { o.Field, o.Participant = o.Field+o.Participant[:1], o.Participant[1:] },
		} {
			other := *o
			change(&other)
			if err := other.Check(sum[:]); !errors.Is(err, ErrMismatch) {
				t.Errorf("another %s opens it too: %v", name, err)
			}
		}
		another := openings().Draw(t, "another")
		if b := another.Commitment(); b == sum && (another.Place != o.Place || !bytes.Equal(another.Value, o.Value)) {
			t.Errorf("two openings, one commitment")
		}
	})
}

// TestCommitmentsHide: one value under two salts, subjects or fields gives
// commitments that have nothing in common.
func TestCommitmentsHide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := openings().Draw(t, "opening")
		seen := map[[Size]byte]bool{o.Commitment(): true}
		for range 5 {
			other := *o
			copy(other.Salt[:], rapid.SliceOfN(rapid.Byte(), SaltSize, SaltSize).Draw(t, "salt"))
			if other.Salt != o.Salt && seen[other.Commitment()] {
				t.Fatalf("two salts give one commitment")
			}
			seen[other.Commitment()] = true
		}
		other := *o
		other.Subject = Batch("08012345678907", "OTHER-LOT")
		if other.Subject != o.Subject && seen[other.Commitment()] {
			t.Fatalf("two subjects give one commitment")
		}
	})
}

func TestOpeningsHaveOneForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := openings().Draw(t, "opening")
		raw, err := o.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := DecodeOpening(raw)
		if err != nil {
			t.Fatal(err)
		}
		if again.Commitment() != o.Commitment() {
			t.Errorf("decoding changes it: %+v", again)
		}
		for _, bad := range [][]byte{append([]byte(" "), raw...), append(bytes.Clone(raw), '\n'), bytes.Replace(raw, []byte(`{`), []byte(`{"x":1,`), 1)} {
			if _, err := DecodeOpening(bad); err == nil {
				t.Errorf("%s is read", bad)
			}
		}
	})
}

func TestBadOpeningsAreRefused(t *testing.T) {
	good := &Opening{Place: Place{"c", "maker", Batch("08012345678907", "A"), "price"}, Form: Text, Value: []byte("x")}
	for name, change := range map[string]func(string) string{
		"nothing":            func(string) string { return "" },
		"another format":     func(s string) string { return strings.Replace(s, "opening/1", "opening/2", 1) },
		"no value":           func(s string) string { return strings.Replace(s, `"eA=="`, "null", 1) },
		"a short salt":       func(s string) string { return strings.Replace(s, "0000", "00", 1) },
		"a salt in capitals": func(s string) string { return strings.Replace(s, `"salt":"00`, `"salt":"AA`, 1) },
		"another form":       func(s string) string { return strings.Replace(s, `"text"`, `"html"`, 1) },
		"a wrong GTIN":       func(s string) string { return strings.Replace(s, "678907", "678908", 1) },
		"text with a break":  func(s string) string { return strings.Replace(s, `"eA=="`, `"eAo="`, 1) },
		"a member twice":     func(s string) string { return strings.Replace(s, `"form"`, `"form":"bytes","form"`, 1) },
		"too many bytes":     func(s string) string { return s + strings.Repeat(" ", maxOpening) },
	} {
		raw, err := good.Encode()
		must(t, err)
		bad := change(string(raw))
		if _, err := DecodeOpening([]byte(bad)); err == nil || bad == string(raw) {
			t.Errorf("%s is read", name)
		}
	}
}

func TestCanonicalText(t *testing.T) {
	for in, want := range map[string]string{"a\r\nb\r\n": "a\nb", "a\rb": "a\nb", "e\u0301": "é", "\n": "", "x \n\n": "x "} {
		if got, err := Text.Canonical([]byte(in)); err != nil || string(got) != want {
			t.Errorf("%q gives %q (%v), want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"\xff", "a\x00b", strings.Repeat("a", MaxValue+1)} {
		if _, err := Text.Canonical([]byte(in)); err == nil {
			t.Errorf("%.10q is taken as text", in)
		}
	}
	if got, err := Bytes.Canonical([]byte("\xff\r\n")); err != nil || string(got) != "\xff\r\n" {
		t.Errorf("bytes are changed to %q (%v)", got, err)
	}
	if _, err := Form("html").Canonical(nil); err == nil {
		t.Error("an unknown form is taken")
	}
}

func TestSubjects(t *testing.T) {
	for _, bad := range []Subject{
		"", "batch", "batch/", "batch/08012345678907", "batch/08012345678907/", "batch/8012345678907/A", "batch/08012345678908/A", "batch/08012345678907/\x00",
		"event/ab", Subject("event/" + strings.Repeat("AB", 32)), "attestation/x", "attestation/urn:uuid:6FD1b1c4-0d2a-4f63-9a1f-5b8a4a0c2e11", "product/1", "place/1",
	} {
		if bad.Check() == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	g, l, ok := Batch("08012345678907", "A/1").Batch()
	if g != "08012345678907" || l != "A/1" || !ok || Product(g).Kind() != "product" {
		t.Errorf("%s %s %t", g, l, ok)
	}
}

func FuzzDecodeOpening(f *testing.F) {
	o := &Opening{Place: Place{"c", "maker", Batch("08012345678907", "A"), "price"}, Form: Text, Value: []byte("x")}
	raw, err := o.Encode()
	must(f, err)
	f.Add(raw)
	f.Add([]byte(`{"format":"filiera-opening/1"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		o, err := DecodeOpening(raw)
		if err != nil {
			return
		}
		again, err := o.Encode()
		if err != nil || !bytes.Equal(again, raw) {
			t.Errorf("%q is read and written as %q (%v)", raw, again, err)
		}
	})
}
