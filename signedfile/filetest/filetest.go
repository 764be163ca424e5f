// Package filetest makes signed files and time stamps for tests, with a
// certification authority, a signer and a time stamping authority of its own: the
// program openssl does all of it, so that nothing here was made by what reads it.
package filetest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// T is what testing.T, testing.B, testing.F and rapid.T share.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Office is an authority with its certificates, in a folder.
type Office struct {
	t   T
	dir string
	// Root is the certificate of the authority, PEM.
	Root []byte
}

const config = `
[req]
distinguished_name = dn
prompt = no
[dn]
CN = placeholder
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[signer]
keyUsage = critical,nonRepudiation
[tsa]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[both]
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping,codeSigning
[tsa_config]
serial = %[1]s/serial
crypto_device = builtin
signer_cert = %[1]s/tsa.pem
certs = %[1]s/ca.pem
signer_key = %[1]s/tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha1, sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
ess_cert_id_chain = no
tsa_name = no
ordering = no
`

// New makes an office in dir. Keys are on the curve P-256, or RSA of 2048 bits.
func New(t T, dir string, rsa bool) *Office {
	t.Helper()
	o := &Office{t: t, dir: dir}
	o.write("openssl.cnf", []byte(fmt.Sprintf(config, dir)))
	o.write("serial", []byte("01\n"))
	o.key("ca", rsa)
	o.run(nil, "req", "-x509", "-new", "-config", "openssl.cnf", "-extensions", "ca", "-key", "ca.key", "-subj", "/CN=Example Test CA", "-days", "3650", "-out", "ca.pem")
	for name, subject := range map[string]string{"signer": "/CN=Mario Rossi/serialNumber=TINIT-RSSMRA80A01A271X", "tsa": "/CN=Example TSA", "both": "/CN=Example TSA and more"} {
		o.key(name, rsa)
		o.run(nil, "req", "-new", "-config", "openssl.cnf", "-key", name+".key", "-subj", subject, "-out", name+".csr")
		o.run(nil, "x509", "-req", "-in", name+".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "openssl.cnf", "-extensions", name, "-days", "365", "-out", name+".pem")
	}
	o.Root = o.read("ca.pem")
	return o
}

func (o *Office) key(name string, rsa bool) {
	o.t.Helper()
	if rsa {
		o.run(nil, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", name+".key")
		return
	}
	o.run(nil, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", name+".key")
}

// Stamp gives a time stamp token over data; hash is sha256, sha384, sha512 or sha1.
func (o *Office) Stamp(data []byte, hash string) []byte {
	o.t.Helper()
	response := o.Response(data, hash)
	o.write("answer.tsr", response)
	o.run(nil, "ts", "-reply", "-in", "answer.tsr", "-token_out", "-out", "answer.tst")
	return o.read("answer.tst")
}

// Response gives the authority's whole answer (TimeStampResp).
func (o *Office) Response(data []byte, hash string) []byte {
	o.t.Helper()
	o.write("stamped", data)
	o.run(nil, "ts", "-query", "-data", "stamped", "-"+hash, "-cert", "-out", "query.tsq")
	o.run(nil, "ts", "-reply", "-config", "openssl.cnf", "-section", "tsa_config", "-queryfile", "query.tsq", "-out", "answer.tsr")
	return o.read("answer.tsr")
}

// Envelop puts data into a CMS container with its signature (CAdES-BES as far as
// openssl makes it). Args are further ones of openssl cms, such as -stream.
func (o *Office) Envelop(data []byte, args ...string) []byte {
	o.t.Helper()
	o.write("content", data)
	o.run(nil, append([]string{"cms", "-sign", "-cades", "-binary", "-nodetach", "-in", "content", "-signer", "signer.pem", "-inkey", "signer.key", "-outform", "DER", "-out", "content.p7m"}, args...)...)
	return o.read("content.p7m")
}

// Detached gives a signature beside data.
func (o *Office) Detached(data []byte) []byte {
	o.t.Helper()
	o.write("content", data)
	o.run(nil, "cms", "-sign", "-cades", "-binary", "-in", "content", "-signer", "signer.pem", "-inkey", "signer.key", "-outform", "DER", "-out", "content.p7s")
	return o.read("content.p7s")
}

// contents is the room for a signature in a PDF, in hex digits.
const contents = 8192

// SignPDF adds a signature to a PDF as an incremental update, the way PAdES does.
func (o *Office) SignPDF(pdf []byte) []byte {
	o.t.Helper()
	const mark = "/ByteRange [0 0000000000 0000000000 0000000000]"
	update := fmt.Sprintf("\n90 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached\n%s\n/Contents <%s>\n>>\nendobj\nstartxref\n0\n%%%%EOF\n", mark, strings.Repeat("0", contents))
	out := append(bytes.Clone(pdf), update...)
	at := bytes.LastIndex(out, []byte("/Contents <")) + len("/Contents ")
	end := at + contents + 2
	written := fmt.Sprintf("/ByteRange [0 %010d %010d %010d]", at, end, len(out)-end)
	copy(out[bytes.LastIndex(out, []byte(mark)):], written)
	signature := o.Detached(append(bytes.Clone(out[:at]), out[end:]...))
	copy(out[at+1:], fmt.Sprintf("%x", signature))
	return out
}

// PDF is a small whole one.
func PDF(words string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n")
	fmt.Fprintf(&b, "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n%% %s\n", words)
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", start)
	return b.Bytes()
}

func (o *Office) run(in []byte, args ...string) {
	o.t.Helper()
	cmd := exec.Command("openssl", args...)
	cmd.Dir, cmd.Stdin = o.dir, bytes.NewReader(in)
	if out, err := cmd.CombinedOutput(); err != nil {
		o.t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// Path is where a file of the office is, such as ca.pem.
func (o *Office) Path(name string) string { return filepath.Join(o.dir, name) }

func (o *Office) write(name string, data []byte) {
	o.t.Helper()
	if err := os.WriteFile(o.Path(name), data, 0o600); err != nil {
		o.t.Fatalf("%v", err)
	}
}

func (o *Office) read(name string) []byte {
	o.t.Helper()
	b, err := os.ReadFile(o.Path(name))
	if err != nil {
		o.t.Fatalf("%v", err)
	}
	return b
}

// StampWithAny gives a token that is signed with the certificate of another name,
// signer or both. The program does not make time stamps with these: it makes one as
// it should be, and signs what that states anew.
func (o *Office) StampWithAny(name string, data []byte) []byte {
	o.t.Helper()
	token := o.Stamp(data, "sha256")
	o.write("token.der", token)
	o.run(nil, "cms", "-verify", "-inform", "DER", "-in", "token.der", "-noverify", "-out", "tstinfo.der")
	o.run(nil, "cms", "-sign", "-cades", "-binary", "-nodetach", "-econtent_type", "1.2.840.113549.1.9.16.1.4", "-in", "tstinfo.der", "-signer", name+".pem", "-inkey", name+".key", "-certfile", "ca.pem", "-outform", "DER", "-out", "token.der")
	return o.read("token.der")
}
