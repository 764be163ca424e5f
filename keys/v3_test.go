package keys

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"
)

const exampleAddress = "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23"

func testFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestFilesOfOtherTools(t *testing.T) {
	for name, password := range map[string]string{
		"ethers-light.json":    "perché no? ½",
		"ethers-standard.json": "perche\u0301 no? ½", // typed where accents are separate characters
		"pbkdf2.json":          "testpassword",
	} {
		key, err := Decrypt(testFile(t, name), password)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := crypto.PubkeyToAddress(key.PublicKey).Hex(); got != exampleAddress {
			t.Errorf("%s: holds %s", name, got)
		}
		if _, err := Decrypt(testFile(t, name), password+"x"); !errors.Is(err, ErrPassword) {
			t.Errorf("%s with a wrong password: %v", name, err)
		}
	}
}

func TestFileOfATypingTool(t *testing.T) {
	// geth takes the bytes as they come; a decomposed accent must open too
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := encryptRaw(key, "perche\u0301 no")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Decrypt(raw, "perche\u0301 no"); err != nil {
		t.Error(err)
	}
}

func TestImportOfAnEthersFile(t *testing.T) {
	r := testRing(t)
	info, err := r.Import("mio", testFile(t, "ethers-light.json"), "perché no? ½", "nuova parola")
	if err != nil || info.Address != exampleAddress {
		t.Fatalf("%+v %v", info, err)
	}
	if _, err := r.Unlock("mio", "nuova parola"); err != nil {
		t.Error(err)
	}
}

func TestRefusedFiles(t *testing.T) {
	good := string(testFile(t, "ethers-light.json"))
	pb := string(testFile(t, "pbkdf2.json"))
	for _, c := range []struct{ file, from, to, want string }{
		{good, `"n":4096`, `"n":16777216`, "kdfparams.n"},
		{good, `"n":4096`, `"n":2097152`, "MiB of memory"},
		{good, `"n":4096`, `"n":4095`, "power of two"},
		{good, `"n":4096`, `"n":1`, "power of two"},
		{good, `"n":4096`, `"n":0`, "whole number"},
		{good, `"n":4096`, `"n":-4096`, "whole number"},
		{good, `"n":4096`, `"n":4096.5`, "whole number"},
		{good, `"n":4096`, `"n":1e400`, "not a Web3"},
		{good, `"n":4096`, `"n":"4096"`, "not a number"},
		{good, `"n":4096,`, ``, "kdfparams.n is missing"},
		{good, `"n":4096`, `"n":1048576,"N":2`, "MiB of memory"},
		{good, `"r":8`, `"r":1000000`, "kdfparams.r"},
		{good, `"n":4096,"dklen":32,"p":1,"r":8`, `"n":16384,"dklen":32,"p":2,"r":1024`, "MiB of memory"},
		{good, `"p":1`, `"p":1024`, "too much work"},
		{good, `"p":1`, `"p":1e9`, "kdfparams.p"},
		{good, `"dklen":32`, `"dklen":16`, "dklen"},
		{good, `"dklen":32`, `"dklen":1e10`, "dklen"},
		{good, `"salt":"6d4b`, `"salt":"zz4b`, "salt"},
		{good, `"salt":"6d4b`, `"salt":5,"x":"6d4b`, "salt"},
		{good, `"iv":"450b`, `"iv":"45`, "iv, ciphertext or mac"},
		{good, `"ciphertext":"a36f`, `"ciphertext":"`, "iv, ciphertext or mac"},
		{good, `"mac":"60c0`, `"mac":"60`, "iv, ciphertext or mac"},
		{good, `"cipher":"aes-128-ctr"`, `"cipher":"aes-128-cbc"`, "aes-128-cbc"},
		{good, `"kdf":"scrypt"`, `"kdf":"argon2"`, "argon2"},
		{good, `"version":3`, `"version":1`, "version 1"},
		{good, `"version":3`, `"version":"1"`, "not a Web3"},
		{good, `"id":"228e55e3-`, `"id":"`, "not a UUID"},
		{good, `"address":"2c75`, `"address":"`, "40 hex digits"},
		{good, `"address":"2c75`, `"address":"2c76`, "tampered"},
		{pb, `"c":10240`, `"c":4000000000`, "kdfparams.c"},
		{pb, `"c":10240`, `"c":0`, "kdfparams.c"},
		{pb, `hmac-sha256`, `hmac-md5`, "hmac-md5"},
		{good, good, strings.Repeat(" ", maxFile+1), "more than"},
		{good, good, "", "not a Web3"},
		{good, good, "null", "version 0"},
		{good, good, "[]", "not a Web3"},
		{good, good, "{}", "version 0"},
	} {
		bad := strings.Replace(c.file, c.from, c.to, 1)
		if bad == c.file {
			t.Fatalf("%q is not in the file", c.from)
		}
		_, err := Decrypt([]byte(bad), "perché no? ½")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40q: %v, want %q", c.to, err, c.want)
		}
	}
}

// FuzzDecodeKeyFile checks that whatever is let through has costs within
// bounds, before any work is done on it.
func FuzzDecodeKeyFile(f *testing.F) {
	f.Add(testFile(f, "ethers-light.json"))
	f.Add(testFile(f, "pbkdf2.json"))
	f.Add([]byte(`{"version":3,"crypto":{"kdfparams":null}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := decodeV3(data)
		if err != nil {
			return
		}
		num := func(name string) float64 {
			v, ok := doc.Crypto.KDFParams[name].(float64)
			if !ok {
				t.Fatalf("%s is no number", name)
			}
			return v
		}
		switch doc.Crypto.KDF {
		case "scrypt":
			if 128*num("r")*(num("n")+num("p")) > 1<<30 || num("n")*num("r")*num("p") > 1<<24 {
				t.Fatal("a cost out of bounds was let through")
			}
			if num("n")*num("r")*num("p") > 1<<12 {
				return // within bounds, but slow to fuzz
			}
		case "pbkdf2":
			if num("c") > 10_000_000 {
				t.Fatal("a cost out of bounds was let through")
			}
			if num("c") > 1000 {
				return
			}
		default:
			t.Fatalf("kdf %q was let through", doc.Crypto.KDF)
		}
		if key, err := Decrypt(data, "x"); err == nil && doc.Address != "" {
			if got := strings.ToLower(crypto.PubkeyToAddress(key.PublicKey).Hex()); got != "0x"+strings.ToLower(doc.Address) {
				t.Fatalf("opened %s as %s", got, doc.Address)
			}
		}
	})
}

// A file with a tiny cost lets the fuzzer reach the decryption itself.
func TestTinyCost(t *testing.T) {
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	v3, err := Encrypt(key, testPassword, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(v3, &doc); err != nil || fmt.Sprint(doc["version"]) != "3" {
		t.Fatal(err)
	}
	if got, err := Decrypt(v3, testPassword); err != nil || !got.Equal(key) {
		t.Fatal(err)
	}
}
