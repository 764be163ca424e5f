package signedfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"github.com/filiera-chain/filiera/signedfile/filetest"
)

func read(t *testing.T, name string, b []byte) *File {
	t.Helper()
	f, err := Read(name, b)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if f.SHA256 != sha256.Sum256(b) || f.Size != int64(len(b)) {
		t.Fatalf("%s: wrong hash or size", name)
	}
	return f
}

// refused reads what must not be taken, and whose refusal has these words.
func refused(t *testing.T, name string, b []byte, words string) {
	t.Helper()
	if f, err := Read(name, b); err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("%s: got %v, %v; want a refusal with the words %q", name, f, err, words)
	}
}

func TestContainersOfEveryFormGiveTheSameDocument(t *testing.T) {
	doc := filetest.PDF("decreto")
	for _, rsa := range []bool{false, true} {
		o := filetest.New(t, t.TempDir(), rsa)
		der := o.Envelop(doc)
		forms := map[string][]byte{
			"DER":                   der,
			"BER, in pieces":        o.Envelop(doc, "-stream"),
			"base64":                []byte(base64.StdEncoding.EncodeToString(der)),
			"base64 in lines":       []byte(strings.ReplaceAll(base64.StdEncoding.EncodeToString(der), "A", "A\r\n")),
			"PEM":                   pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der}),
			"with a line behind it": append(bytes.Clone(der), '\n'),
			"without certificates":  o.Envelop(doc, "-nocerts"),
			"SHA-512":               o.Envelop(doc, "-md", "sha512"),
			"named by its key":      o.Envelop(doc, "-keyid"),
		}
		if rsa {
			forms["PSS"] = o.Envelop(doc, "-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:digest")
		}
		for name, b := range forms {
			f := read(t, "decreto.pdf.p7m", b)
			if f.Container != CAdES || f.Layers != 1 || f.Inner.SHA256 != sha256.Sum256(doc) || f.Inner.MediaType != "application/pdf" || len(f.Signers) != 1 {
				t.Errorf("%s: %+v", name, f)
			}
			want := Holds
			if name == "without certificates" {
				want = Unchecked
			}
			if s := f.Signers[0]; s.State != want || want == Holds && (!strings.Contains(s.Subject, "Mario Rossi") || s.At.IsZero()) {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

func TestContainersInContainers(t *testing.T) {
	o := filetest.New(t, t.TempDir(), false)
	b := []byte("testo")
	for n := 1; n <= maxLayers; n++ {
		b = o.Envelop(b)
		f := read(t, "x.p7m", b)
		if f.Layers != n || len(f.Signers) != n || f.Inner.SHA256 != sha256.Sum256([]byte("testo")) {
			t.Fatalf("%d: %+v", n, f)
		}
	}
	refused(t, "x.p7m", o.Envelop(b), "more than 5 containers")
}

func TestBadContainersAreRefused(t *testing.T) {
	o := filetest.New(t, t.TempDir(), false)
	whole := o.Envelop([]byte(strings.Repeat("testo ", 300)))
	streamed := o.Envelop([]byte(strings.Repeat("testo ", 300)), "-stream")
	for _, b := range [][]byte{whole, streamed} {
		for _, n := range []int{1, 2, 10, 40, len(b) / 2, len(b) - 1} {
			refused(t, "x.p7m", b[:n], "not a whole signed container")
			if n >= 20 {
				refused(t, "x.bin", b[:n], "cut off") // also when it is not called so
			}
		}
	}
	refused(t, "x.p7m", []byte("testo"), "not a whole signed container")
	refused(t, "x.p7m", o.Detached([]byte("testo")), "call this one .p7s")
	refused(t, "x.p7m", append(bytes.Clone(whole), 'x'), "1 bytes follow")
	refused(t, "x", nil, "empty")
	if f := read(t, "x.p7s", o.Detached([]byte("testo"))); f.Container != None || f.MediaType != "application/pkcs7-signature" {
		t.Errorf("a detached signature: %+v", f)
	}
	// One bit of the content: it is a container still, and its signature is broken.
	at := bytes.Index(whole, []byte("testo"))
	changed := bytes.Clone(whole)
	changed[at] ^= 1
	if f := read(t, "x.p7m", changed); f.Signers[0].State != Broken || !strings.Contains(f.Signers[0].Why, "other bytes") {
		t.Errorf("one bit: %+v", f.Signers)
	}
	// Every byte changed in turn: never a panic, never a signature that holds over
	// another document.
	small := o.Envelop([]byte("testo"))
	for i := range small {
		b := bytes.Clone(small)
		b[i] ^= 0x01
		f, err := Read("x.p7m", b)
		if err == nil && f.Inner != nil && f.Inner.SHA256 != sha256.Sum256([]byte("testo")) && f.Signers[0].State == Holds {
			t.Errorf("byte %d changed: the signature holds over something else", i)
		}
	}
}

func TestSignaturesOfPDF(t *testing.T) {
	o := filetest.New(t, t.TempDir(), false)
	plain := filetest.PDF("delibera")
	if f := read(t, "a.pdf", plain); f.Container != None || f.Inner != nil || f.MediaType != "application/pdf" {
		t.Errorf("plain: %+v", f)
	}
	once := o.SignPDF(plain)
	f := read(t, "a.pdf", once)
	if f.Container != PAdES || len(f.Signers) != 1 || f.Signers[0].State != Holds || f.Unsigned != 0 || f.Inner.Size >= f.Size {
		t.Fatalf("once: %+v", f)
	}
	first := f.Inner.SHA256
	twice := o.SignPDF(once)
	if f = read(t, "a.pdf", twice); len(f.Signers) != 2 || f.Signers[0].State != Holds || f.Signers[1].State != Holds || f.Inner.SHA256 != first {
		t.Errorf("twice: %+v", f)
	}
	if f = read(t, "a.pdf", append(bytes.Clone(once), "\n% added\n%%EOF\n"...)); f.Unsigned == 0 || f.Signers[0].State != Holds {
		t.Errorf("added to: %+v", f)
	}
	changed := bytes.Replace(once, []byte("delibera"), []byte("delibere"), 1)
	if f = read(t, "a.pdf", changed); f.Signers[0].State != Broken {
		t.Errorf("changed: %+v", f.Signers)
	}
	at := bytes.Index(once, []byte("/Contents <"))
	changed = bytes.Clone(once)
	copy(changed[at+11:], "ffffff")
	if f = read(t, "a.pdf", changed); f.Signers[0].State != Broken || len(f.Signers) != 1 {
		t.Errorf("signature changed: %+v", f.Signers)
	}
	refused(t, "a.pdf", once[:len(once)-40], "cut off")
	refused(t, "a.pdf", append(bytes.Clone(twice[:len(twice)-300]), "%%EOF"...), "cut off")
	refused(t, "a.pdf", []byte("testo"), "does not begin as one")
	refused(t, "a.pdf", bytes.Replace(once, []byte("/ByteRange [0 0"), []byte("/ByteRange [9 0"), 1), "was changed")
	if f = read(t, "b.p7m", o.Envelop(once)); f.Container != CAdES || len(f.Signers) != 2 || f.Inner.SHA256 != sha256.Sum256(once) {
		t.Errorf("a signed PDF in a container: %+v", f)
	}
}

func letter(pdf, p7m []byte) []byte {
	b64 := func(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
	inner := "From: ufficio@example.it\r\nDate: Mon, 23 Nov 2026 08:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n" +
		"--in\r\nContent-Type: text/plain\r\n\r\nIn allegato.\r\n" +
		"--in\r\nContent-Type: application/pdf; name=\"decreto.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(pdf) + "\r\n--in--\r\n"
	return []byte("Received: from mx\r\nFrom: pec@example.it\r\nTo: x@example.it\r\nDate: Mon, 23 Nov 2026 08:00:01 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=\"out\"\r\n\r\n" +
		"--out\r\nContent-Type: message/rfc822; name=postacert.eml\r\n\r\n" + inner +
		"\r\n--out\r\nContent-Type: application/xml; name=daticert.xml\r\nContent-Disposition: attachment; filename=daticert.xml\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<?xml version=3D\"1.0\"?>\r\n" +
		"--out\r\nContent-Type: application/pkcs7-mime; name=decreto.pdf.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(p7m) + "\r\n--out--\r\n")
}

func TestAttachmentsOfAMessage(t *testing.T) {
	o := filetest.New(t, t.TempDir(), false)
	pdf := filetest.PDF("decreto")
	p7m := o.Envelop([]byte("firmato"))
	mail := letter(pdf, p7m)
	f := read(t, "pec.eml", mail)
	if f.Container != EML || f.MediaType != "message/rfc822" || f.Inner != nil {
		t.Fatalf("%+v", f)
	}
	found := map[[32]byte]string{}
	for _, p := range f.Parts {
		found[p.SHA256] = p.Name
	}
	for name, b := range map[string][]byte{"decreto.pdf": pdf, "decreto.pdf.p7m": p7m, "daticert.xml": []byte("<?xml version=\"1.0\"?>")} {
		if found[sha256.Sum256(b)] != name {
			t.Errorf("%s is not among %v", name, found)
		}
	}
	if _, ok := found[sha256.Sum256([]byte("firmato"))]; !ok || len(f.Parts) != 5 {
		t.Errorf("what was signed is not there, or there are not five: %d", len(f.Parts))
	}
	if f := read(t, "no name", mail); f.Container != EML {
		t.Error("a message is not recognised without its name")
	}
	refused(t, "pec.eml", mail[:len(mail)-8], "cut off")
	refused(t, "pec.eml", mail[:len(mail)/2], "cut off")
	refused(t, "pec.eml", []byte("testo"), "message")
	deep := "From: a@example.it\r\nDate: x\r\n"
	for i := range 20 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	refused(t, "pec.eml", []byte(deep), "more than 8 deep")
	many := "From: a@example.it\r\nDate: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
	for i := range 70 {
		many += fmt.Sprintf("--b\r\nContent-Type: image/png; name=a\r\n\r\n%d\r\n", i)
	}
	refused(t, "pec.eml", []byte(many+"--b--\r\n"), "more than 64 attachments")
}

func TestTypesByTheirBytes(t *testing.T) {
	for want, b := range map[string]string{
		"application/pdf": "%PDF-1.4", "image/png": "\x89PNG\r\n\x1a\n", "application/zip": "PK\x03\x04x", "text/plain": "Città: sì\n", "application/xml": "<?xml version='1.0'?>",
		"application/octet-stream": "\x00\x01\x02", "image/jpeg": "\xff\xd8\xff\xe0", "message/rfc822": "From: a@b.it\r\nDate: x\r\n\r\nciao",
	} {
		if got := Sniff([]byte(b)); got != want {
			t.Errorf("%q is %s; want %s", b, got, want)
		}
	}
	if got := Sniff([]byte(strings.Repeat("à", 4000))); got != "text/plain" {
		t.Errorf("a long text is %s", got)
	}
}

func TestTheProgramReadsWhatWeRead(t *testing.T) {
	// The order of object identifiers is checked against what openssl wrote: the
	// signed attributes of a container carry three of them.
	o := filetest.New(t, t.TempDir(), false)
	s, _, err := parseSignedData(o.Envelop([]byte("x")))
	if err != nil {
		t.Fatal(err)
	}
	for _, oid := range []string{oidContentType, oidMessageDigest, oidSigningTime, oidSigningCertV2} {
		if s.signers[0].attribute(oid) == nil {
			t.Errorf("no attribute %s", oid)
		}
	}
	if s.contentType != oidData {
		t.Errorf("content type %s", s.contentType)
	}
}
