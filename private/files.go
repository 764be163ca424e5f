package private

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// tempPrefix begins the names of files that are being written.
const tempPrefix = ".tmp-"

// readBounded reads a file of at most limit bytes.
func readBounded(path string, limit int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(data) > limit {
		return nil, fmt.Errorf("%s has more than %d bytes; it is not one of ours", path, limit)
	}
	return data, nil
}

// writeWhole makes path hold data, whole and synced, or leaves it as it was.
func writeWhole(path string, data []byte) error { return write(path, data, os.Rename) }

// writeFirst is writeWhole that fails with os.ErrExist where path is taken.
func writeFirst(path string, data []byte) error {
	return write(path, data, func(temp, path string) error {
		return errors.Join(os.Link(temp, path), os.Remove(temp))
	})
}

func write(path string, data []byte, publish func(temp, path string) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), tempPrefix+"*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, shred(f.Name()))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = publish(f.Name(), path)
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// shred overwrites a file in place with random bytes, syncs and removes it. A
// file that is not there is as it should be. It goes under another name first:
// who is killed in the middle leaves no half-overwritten file in its place, but
// one for shredTemps.
func shred(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !strings.HasPrefix(filepath.Base(path), tempPrefix) {
		aside := filepath.Join(filepath.Dir(path), tempPrefix+rand.Text())
		if err := os.Rename(path, aside); err != nil {
			return errors.Join(err, f.Close())
		}
		path = aside
		err = syncDir(filepath.Dir(path))
	}
	err = errors.Join(err, overwrite(f))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	// Removed even when it could not be overwritten: less is left that way.
	return errors.Join(err, os.Remove(path), syncDir(filepath.Dir(path)))
}

func overwrite(f *os.File) error {
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if _, err := io.CopyN(f, rand.Reader, st.Size()); err != nil {
		return err
	}
	return f.Sync()
}

// shredTemps removes what a crash left half-written or half-erased in a folder,
// and says whether there was any.
func shredTemps(dir string) (had bool, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false, err
	}
	var errs []error
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), tempPrefix) {
			had = true
			errs = append(errs, shred(filepath.Join(dir, e.Name())))
		}
	}
	return had, errors.Join(errs...)
}

// syncDir makes a new or removed name survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
