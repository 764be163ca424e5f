package epcisrest

import (
	"crypto/ecdsa"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"golang.org/x/time/rate"

	"github.com/filiera-chain/filiera/tokens"
)

// Requests of one token: how many in the long run, and how many at once.
const (
	tokenPerSecond = 20
	tokenBurst     = 100
)

// tokenLimiter counts the requests of each token. The tokens that there are bound
// it: only what was found in the folder is counted.
type tokenLimiter struct {
	mu    sync.Mutex
	table map[string]*rate.Limiter
}

func newTokenLimiter() *tokenLimiter { return &tokenLimiter{table: map[string]*rate.Limiter{}} }

// allow says whether a token may ask now, and how long to wait where it may not.
func (l *tokenLimiter) allow(id string, now time.Time) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	bucket := l.table[id]
	if bucket == nil {
		bucket = rate.NewLimiter(tokenPerSecond, tokenBurst)
		l.table[id] = bucket
	}
	if bucket.AllowN(now, 1) {
		return 0, true
	}
	return time.Second, false
}

// holder is who asks: a token, its participant, and the key that the node signs
// with for it, nil when that is not unlocked.
type holder struct {
	token       tokens.Token
	participant string
	key         *ecdsa.PrivateKey
}

// identify reads the bearer token of a request.
func (s *Service) identify(w http.ResponseWriter, r *http.Request) (holder, *Problem) {
	if s.c.Tokens == nil || s.c.Store == nil {
		return holder{}, exception("SecurityException", "this node takes no captures: its operator turns them on with --epcis-capture")
	}
	scheme, secret, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return holder{}, unauthorized(w, "send the header Authorization: Bearer with a token of this node (filiera token add)")
	}
	t, err := s.c.Tokens.Find(strings.TrimSpace(secret), s.now())
	if errors.Is(err, tokens.ErrUnknown) {
		return holder{}, unauthorized(w, "the token is not one of this node, was revoked, or has expired")
	}
	if err != nil {
		return holder{}, s.failed(err)
	}
	if wait, ok := s.limiter.allow(t.ID, s.now()); !ok {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())))
		return holder{}, exception("SecurityException", "this token asks more often than it may; wait %v", wait).with(http.StatusTooManyRequests, "request.too_many")
	}
	h := holder{token: t, key: s.c.Signers[t.Key]}
	if h.key == nil {
		return h, exception("SecurityException", "the key %s of this token is not unlocked on this node: its operator names it in --epcis-capture", clip(t.Key))
	}
	if h.participant, err = s.c.Participant(crypto.PubkeyToAddress(h.key.PublicKey)); err != nil {
		return h, s.failed(err)
	}
	if h.participant == "" {
		return h, exception("SecurityException", "the key %s of this token belongs to no participant of the ledger", clip(t.Key))
	}
	return h, nil
}
