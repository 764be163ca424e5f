package store

import (
	dbm "github.com/cosmos/cosmos-db"
	"github.com/syndtr/goleveldb/leveldb/filter"
	"github.com/syndtr/goleveldb/leveldb/opt"
)

// OpenLevelDB opens (or creates) the database dir/name.db with settings that suit the store: a write buffer that holds
// many blocks before it goes to a table, bigger tables and levels so that random keys are rewritten less often, and a bloom
// filter. It takes about 200 MiB of memory under load, beside the tree.
func OpenLevelDB(name, dir string) (dbm.DB, error) {
	return dbm.NewGoLevelDBWithOpts(name, dir, levelDBOptions())
}

func levelDBOptions() *opt.Options {
	return &opt.Options{
		Filter:                 filter.NewBloomFilter(10),
		WriteBuffer:            32 * opt.MiB,
		BlockCacheCapacity:     64 * opt.MiB,
		CompactionTableSize:    8 * opt.MiB,
		CompactionTotalSize:    64 * opt.MiB,
		OpenFilesCacheCapacity: 1024,
		Compression:            opt.NoCompression,
	}
}
