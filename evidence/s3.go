package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"
	"sync"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3 is a store in a bucket of an S3-compatible server. Objects are named
// prefix/ab/cd/abcd…; a document passes through a file on this machine, so that
// its address is known before it is sent and checked before it is given out.
type S3 struct {
	client *minio.Client
	bucket string
	prefix string
	temp   string
	limits Limits
	quota  quota
	lanes  [64]sync.Mutex // by the first byte of the address
}

// S3Config says where a bucket is and how it is reached.
type S3Config struct {
	// Address is https://host[:port]/bucket[/prefix][?region=…]; http for this
	// machine only. It holds no credentials.
	Address string
	// CredentialsFile is a file in the format of AWS's shared credentials,
	// readable by its owner only; "" takes AWS_ACCESS_KEY_ID,
	// AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN from the environment.
	CredentialsFile string
	// Temp is a folder of this machine for documents under way.
	Temp   string
	Limits Limits
}

// OpenS3 opens the bucket, which must be there.
func OpenS3(ctx context.Context, c S3Config) (*S3, error) {
	if err := c.Limits.check(); err != nil {
		return nil, err
	}
	u, err := parseS3(c.Address)
	if err != nil {
		return nil, err
	}
	creds, err := c.credentials()
	if err != nil {
		return nil, err
	}
	bucket, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	s := &S3{bucket: bucket, prefix: prefix, temp: c.Temp, limits: c.Limits, quota: quota{most: c.Limits.Quota}}
	s.client, err = minio.New(u.Host, &minio.Options{
		Creds: creds, Secure: u.Scheme == "https", Region: u.Query().Get("region"), BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		return nil, fmt.Errorf("S3 at %s: %w", u.Redacted(), err)
	}
	there, err := s.client.BucketExists(ctx, bucket)
	if err != nil {
		return nil, fmt.Errorf("S3 at %s: %w", u.Redacted(), err)
	}
	if !there {
		return nil, fmt.Errorf("S3 at %s has no bucket %q; make it first", u.Host, bucket)
	}
	if err := os.MkdirAll(c.Temp, 0o700); err != nil {
		return nil, err
	}
	return s, s.List(ctx, func(i Info) error { s.quota.used += i.Size; return nil })
}

func parseS3(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") == "" {
		return nil, errors.New("the address of the S3 store is not of the form https://host/bucket/prefix?region=…")
	}
	if u.User != nil {
		return nil, errors.New("the address of the S3 store holds credentials; other users see them there: put them into the environment or a file")
	}
	ip := net.ParseIP(u.Hostname())
	loopback := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && !(u.Scheme == "http" && loopback) {
		return nil, fmt.Errorf("the S3 store at %s is reached by %q; write https, or http for this machine only", u.Host, u.Scheme)
	}
	return u, nil
}

func (c S3Config) credentials() (*credentials.Credentials, error) {
	if c.CredentialsFile == "" {
		return credentials.NewEnvAWS(), nil
	}
	st, err := os.Stat(c.CredentialsFile)
	if err != nil {
		return nil, fmt.Errorf("the file of S3 credentials: %w", err)
	}
	if st.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the file of S3 credentials %s is open to other users (mode %04o): run chmod 600 on it", c.CredentialsFile, st.Mode().Perm())
	}
	return credentials.NewFileAWSCredentials(c.CredentialsFile, ""), nil
}

func (s *S3) name(sum Sum) string {
	hex := sum.String()
	return path.Join(s.prefix, hex[:2], hex[2:4], hex)
}

// notThere knows the answers of servers to a name that is not there.
func notThere(err error) bool {
	r := minio.ToErrorResponse(err)
	return r.Code == minio.NoSuchKey || r.StatusCode == http.StatusNotFound
}

// Put implements Store. The server is told to write only where nothing is.
func (s *S3) Put(ctx context.Context, r io.Reader, want *Sum) (info Info, fresh bool, err error) {
	in, err := spool(s.temp, r, s.limits, want)
	if err != nil {
		return info, false, err
	}
	defer in.drop()
	// Two of one document at a time would both be counted: a server that looks
	// before it writes may see neither.
	lane := &s.lanes[in.Sum[0]%64]
	lane.Lock()
	defer lane.Unlock()
	if d, err := s.Open(ctx, in.Sum); err == nil {
		return in.Info, false, d.Close()
	} else if errors.Is(err, ErrCorrupt) {
		return in.Info, false, s.send(ctx, in, true) // put right what is damaged
	} else if !errors.Is(err, ErrNotFound) {
		return info, false, err
	}
	if err := s.quota.take(in.Size); err != nil {
		return info, false, err
	}
	err = s.send(ctx, in, false)
	if minio.ToErrorResponse(err).StatusCode == http.StatusPreconditionFailed {
		s.quota.give(in.Size)
		return in.Info, false, nil // another process was first
	}
	if err != nil {
		s.quota.give(in.Size)
		return info, false, fmt.Errorf("keep document %s: %w", in.Sum, err)
	}
	return in.Info, true, nil
}

func (s *S3) send(ctx context.Context, in *spooled, over bool) error {
	if _, err := in.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	// Opaque to whoever should open the bucket to browsers.
	options := minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true}
	if !over {
		options.SetMatchETagExcept("*")
	}
	_, err := s.client.PutObject(ctx, s.bucket, s.name(in.Sum), in.file, in.Size, options)
	return err
}

// Open implements Store. Content goes through a file without a name.
func (s *S3) Open(ctx context.Context, sum Sum) (*Document, error) {
	object, err := s.client.GetObject(ctx, s.bucket, s.name(sum), minio.GetObjectOptions{})
	if err != nil {
		return nil, fmt.Errorf("read document %s: %w", sum, err)
	}
	defer object.Close()
	f, err := os.CreateTemp(s.temp, tempPrefix+"*")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name())
	// What is larger than what may be put is none of ours: not even read whole.
	n, err := io.Copy(f, io.LimitReader(object, s.limits.MaxBytes+1))
	if err == nil && n > s.limits.MaxBytes {
		err = fmt.Errorf("%w: %s has more than %d bytes", ErrCorrupt, sum, s.limits.MaxBytes)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = f.Close()
		if notThere(err) {
			return nil, fmt.Errorf("%w: %s", ErrNotFound, sum)
		}
		return nil, fmt.Errorf("read document %s: %w", sum, err)
	}
	return checked(f, sum)
}

// Stat implements Store.
func (s *S3) Stat(ctx context.Context, sum Sum) (Info, error) {
	o, err := s.client.StatObject(ctx, s.bucket, s.name(sum), minio.StatObjectOptions{})
	if err != nil {
		if notThere(err) {
			return Info{}, fmt.Errorf("%w: %s", ErrNotFound, sum)
		}
		return Info{}, fmt.Errorf("look at document %s: %w", sum, err)
	}
	i := Info{Sum: sum, Size: o.Size, Type: mediaOf(nil)}
	if o.Size == 0 {
		return i, nil
	}
	var options minio.GetObjectOptions
	if err := options.SetRange(0, min(o.Size, sniffLen)-1); err != nil {
		return i, err
	}
	object, err := s.client.GetObject(ctx, s.bucket, s.name(sum), options)
	if err != nil {
		return i, err
	}
	defer object.Close()
	head, err := io.ReadAll(io.LimitReader(object, sniffLen))
	i.Type = mediaOf(head)
	return i, err
}

// Remove implements Store.
func (s *S3) Remove(ctx context.Context, sum Sum) error {
	o, err := s.client.StatObject(ctx, s.bucket, s.name(sum), minio.StatObjectOptions{})
	if err == nil {
		err = s.client.RemoveObject(ctx, s.bucket, s.name(sum), minio.RemoveObjectOptions{})
	}
	if err != nil {
		if notThere(err) {
			return fmt.Errorf("%w: %s", ErrNotFound, sum)
		}
		return fmt.Errorf("remove document %s: %w", sum, err)
	}
	s.quota.give(o.Size)
	return nil
}

// List implements Store.
func (s *S3) List(ctx context.Context, fn func(Info) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	prefix := ""
	if s.prefix != "" {
		prefix = s.prefix + "/"
	}
	for o := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return fmt.Errorf("list the documents: %w", o.Err)
		}
		sum, err := ParseSum(path.Base(o.Key))
		if err != nil || o.Key != s.name(sum) {
			continue // not one of ours
		}
		if err := fn(Info{Sum: sum, Size: o.Size}); err != nil {
			return err
		}
	}
	return nil
}
