package store

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cosmos/iavl"
	iavldb "github.com/cosmos/iavl/db"
)

// BenchmarkStore measures set + root + durable commit on goleveldb in blocks of 5,000 random keys, four fifths of them already there,
// after loading the given number of keys, beside iavl v1.3.5 with the same keys, values, blocks and database settings. Values have
// 100 bytes that do not compress. Run with -benchtime=60x or so (one iteration is one block). The 10-million-key runs need
// FILIERA_BENCH_BIG=1, 5 GB of disk and a few minutes.
func BenchmarkStore(b *testing.B) {
	sizes := []int{10_000, 1_000_000}
	if os.Getenv("FILIERA_BENCH_BIG") == "1" {
		sizes = append(sizes, 10_000_000)
	}
	for _, n := range sizes {
		b.Run(fmt.Sprintf("filiera/keys=%d/budget=1024MiB", n), func(b *testing.B) { benchStore(b, n, 1<<30, true) })
		if n >= 1_000_000 {
			small := int64(n) * 25
			b.Run(fmt.Sprintf("filiera/keys=%d/budget=%dMiB", n, small>>20), func(b *testing.B) { benchStore(b, n, small, true) })
			b.Run(fmt.Sprintf("filiera/keys=%d/cold", n), func(b *testing.B) { benchStore(b, n, 1<<30, false) })
		}
		if n <= 1_000_000 {
			b.Run(fmt.Sprintf("iavl/keys=%d", n), func(b *testing.B) { benchIAVL(b, n) })
		}
	}
}

const benchBlock = 5_000

// benchRand is a splitmix64 sequence: the same on every run.
type benchRand uint64

func (r *benchRand) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// benchKey is the i-th key: table, GTIN, lot, as the modules make them; neighbours in i lie far apart.
func benchKey(i int) []byte {
	r := benchRand(i)
	h := r.next()
	key := append(make([]byte, 0, 40), "\x02\x03"...)
	key = appendPadded(key, 8000000000000+h%100_000, 14)
	key = append(key, "/L"...)
	return appendPadded(key, h>>20, 14)
}

func appendPadded(b []byte, v uint64, width int) []byte {
	s := strconv.FormatUint(v, 10)
	return append(append(b, strings.Repeat("0", max(0, width-len(s)))...), s...)
}

func benchValue(r *benchRand) []byte {
	v := make([]byte, 0, 104)
	for len(v) < 96 {
		v = binary.BigEndian.AppendUint64(v, r.next())
	}
	return append(v, "/end"...)
}

// benchPairs makes the next block.
func benchPairs(r *benchRand, keys *int) (ks, vs [][]byte) {
	for range benchBlock {
		i := int(r.next() % uint64(*keys))
		if r.next()%5 == 0 {
			i = *keys
			*keys++
		}
		ks, vs = append(ks, benchKey(i)), append(vs, benchValue(r))
	}
	return ks, vs
}

func sortedBenchKeys(n int) [][]byte {
	ks := make([][]byte, n)
	for i := range ks {
		ks[i] = benchKey(i)
	}
	slices.SortFunc(ks, func(a, b []byte) int { return strings.Compare(string(a), string(b)) })
	return ks
}

func benchStore(b *testing.B, n int, budget int64, warm bool) {
	db, err := OpenLevelDB("bench", b.TempDir())
	must(b, err)
	defer db.Close()
	im, err := NewImporter(db, 1)
	must(b, err)
	r := benchRand(1)
	for _, k := range sortedBenchKeys(n) {
		must(b, im.Add(k, benchValue(&r)))
	}
	_, err = im.Finish(nil)
	must(b, err)
	s := mustOpen(b, db, Options{MemoryBudget: budget})
	defer s.Close()
	if warm {
		must(b, s.Warm())
	}
	start := s.Stats()
	cpu := startMeasuring()
	for b.Loop() {
		b.StopTimer()
		ks, vs := benchPairs(&r, &n)
		b.StartTimer()
		br := s.Branch()
		for i := range ks {
			must(b, br.Set(ks[i], vs[i]))
		}
		_, err := s.Prepare(s.Height()+1, br)
		must(b, err)
		must(b, s.Commit())
	}
	st := s.Stats()
	report(b, cpu)
	b.ReportMetric(float64(st.Resident)/(1<<20), "tree-MiB")
	b.ReportMetric(float64(st.Loads-start.Loads)/float64(b.N*benchBlock), "loads/key")
}

type nopLogger struct{}

func (nopLogger) Info(string, ...any)  {}
func (nopLogger) Warn(string, ...any)  {}
func (nopLogger) Error(string, ...any) {}
func (nopLogger) Debug(string, ...any) {}

func benchIAVL(b *testing.B, n int) {
	db, err := iavldb.NewGoLevelDBWithOpts("bench", b.TempDir(), levelDBOptions())
	must(b, err)
	defer db.Close()
	tree := iavl.NewMutableTree(db, 781_250, false, nopLogger{}, iavl.SyncOption(true))
	r := benchRand(1)
	for i, k := range sortedBenchKeys(n) {
		_, err := tree.Set(k, benchValue(&r))
		must(b, err)
		if i%100_000 == 99_999 {
			_, _, err = tree.SaveVersion()
			must(b, err)
		}
	}
	_, _, err = tree.SaveVersion()
	must(b, err)
	cpu := startMeasuring()
	for b.Loop() {
		b.StopTimer()
		ks, vs := benchPairs(&r, &n)
		b.StartTimer()
		for i := range ks {
			_, err := tree.Set(ks[i], vs[i])
			must(b, err)
		}
		_, _, err := tree.SaveVersion()
		must(b, err)
	}
	report(b, cpu)
}

// report gives the wall-clock time per key, and the CPU time of the whole process in the same span (making the keys, compaction
// and garbage collection included), which other programs on the machine disturb less.
func report(b *testing.B, cpu time.Duration) {
	b.ReportMetric(float64((cpuTime()-cpu).Microseconds())/float64(b.N*benchBlock), "cpu-µs/key")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*benchBlock), "µs/key")
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(peakMiB(), "peak-RSS-MiB")
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "heap-MiB")
}

// startMeasuring gives freed memory back to the system, starts measuring the peak anew (on Linux), and returns the CPU time so far.
func startMeasuring() time.Duration {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
	return cpuTime()
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peakMiB is the peak of resident memory since startMeasuring; 0 where the system does not tell.
func peakMiB() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kib / 1024
		}
	}
	return 0
}
