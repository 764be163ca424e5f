package evidence

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	accessKey = "filiera-test"
	secretKey = "only-for-this-test"
)

var (
	buildServer sync.Once
	serverPath  string
	serverErr   error
)

// server builds the S3 server of tools/s3server, once, and gives its program.
func server(t *testing.T) string {
	t.Helper()
	buildServer.Do(func() {
		cache, err := os.UserCacheDir()
		if err != nil {
			cache = os.TempDir()
		}
		serverPath = filepath.Join(cache, "filiera-tests", "versitygw-v1.2.0")
		cmd := exec.Command("go", "build", "-mod=readonly", "-o", serverPath, "github.com/versity/versitygw/cmd/versitygw")
		cmd.Dir = filepath.Join("..", "tools", "s3server")
		out, err := cmd.CombinedOutput()
		if err != nil {
			serverErr = fmt.Errorf("%w: %s", err, out)
		}
	})
	if serverErr != nil {
		t.Fatalf("build the S3 server: %v", serverErr)
	}
	return serverPath
}

// startServer runs the server on a free port over a folder of its own, and
// gives its host and that folder.
func startServer(t *testing.T) (host, dir string) {
	t.Helper()
	program, dir := server(t), t.TempDir()
	sidecar := filepath.Join(dir, "sidecar")
	root := filepath.Join(dir, "root")
	must(t, os.MkdirAll(sidecar, 0o700))
	must(t, os.MkdirAll(root, 0o700))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	host = l.Addr().String()
	must(t, l.Close())
	cmd := exec.Command(program, "--port", host, "--quiet", "posix", "--sidecar", sidecar, root)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+accessKey, "ROOT_SECRET_KEY="+secretKey)
	said := new(strings.Builder)
	cmd.Stdout, cmd.Stderr = said, said
	must(t, cmd.Start())
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-done })
	deadline := time.Now().Add(time.Minute)
	for {
		select {
		case <-done:
			t.Fatalf("the S3 server ended: %s", said)
		default:
		}
		res, err := http.Get("http://" + host + "/")
		if err == nil {
			_ = res.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the S3 server does not answer: %v", err)
		}
	}
	c, err := minio.New(host, &minio.Options{Creds: credentials.NewStaticV4(accessKey, secretKey, ""), Region: "us-east-1"})
	must(t, err)
	must(t, c.MakeBucket(context.Background(), "papers", minio.MakeBucketOptions{Region: "us-east-1"}))
	return host, filepath.Join(root, "papers")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
