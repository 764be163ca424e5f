package gateway

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	registryv1 "github.com/filiera-chain/filiera/api/registry/v1"
	"github.com/filiera-chain/filiera/envelope"
	"github.com/filiera-chain/filiera/module/statekey"
)

// Signed requests: what is not for everybody is asked for with a signature of a
// participant's live key over a challenge that serves once.
// docs/formats/commitments.md has the form of the header.
const (
	signedScheme     = "Filiera-Signature"
	challengeSeconds = 60
	challengeBytes   = 16 + 8 + 16
	maxUsed          = 100_000
)

// challenges gives out challenges without remembering them: each carries its end
// and a code that only this process can make. Only used ones are remembered.
type challenges struct {
	key []byte
	now func() time.Time

	mu   sync.Mutex
	used map[string]int64
}

func newChallenges(now func() time.Time) *challenges {
	c := &challenges{key: make([]byte, 32), now: now, used: map[string]int64{}}
	_, _ = rand.Read(c.key) // never fails: Go 1.24
	return c
}

func (c *challenges) give() (challenge string, until time.Time) {
	until = c.now().Add(challengeSeconds * time.Second)
	b := make([]byte, 16, challengeBytes)
	_, _ = rand.Read(b)
	b = binary.BigEndian.AppendUint64(b, uint64(until.Unix()))
	return hex.EncodeToString(append(b, c.code(b)...)), until
}

func (c *challenges) code(b []byte) []byte {
	h := hmac.New(sha256.New, c.key)
	h.Write(b)
	return h.Sum(nil)[:16]
}

// sound says whether a challenge is ours and not over.
func (c *challenges) sound(challenge string) bool {
	b, err := hex.DecodeString(challenge)
	if err != nil || len(b) != challengeBytes || hex.EncodeToString(b) != challenge || !hmac.Equal(b[24:], c.code(b[:24])) {
		return false
	}
	return c.now().Unix() < int64(binary.BigEndian.Uint64(b[16:24]))
}

// use marks a sound challenge as used; false when it was, or when there is no
// room to remember it.
func (c *challenges) use(challenge string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.used) >= maxUsed {
		for k, until := range c.used {
			if until <= c.now().Unix() {
				delete(c.used, k)
			}
		}
	}
	if _, again := c.used[challenge]; again || len(c.used) >= maxUsed {
		return false
	}
	c.used[challenge] = c.now().Unix() + challengeSeconds
	return true
}

// Challenge is to be signed, once.
type Challenge struct {
	Challenge string    `json:"challenge" doc:"80 hex digits"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (g *Gateway) signedRoutes() {
	huma.Register(g.api, huma.Operation{
		OperationID: "getChallenge", Method: http.MethodPost, Path: "/v1/challenges", Tags: []string{"Privacy"}, Summary: "A challenge to sign",
		Description: "For one request within a minute. The request then carries Authorization: Filiera-Signature challenge=…, signature=… of a live " +
			"key of a participant; docs/formats/commitments.md says what is signed.",
		Middlewares: huma.Middlewares{g.limited},
	}, func(context.Context, *struct{}) (*body[Challenge], error) {
		challenge, until := g.challenges.give()
		return &body[Challenge]{Challenge{challenge, until.UTC()}}, nil
	})
	huma.Register(g.api, op("getKey", "/v1/keys/{address}", "Participants", "Whose key it is", "Live or retired. Unknown: key.not_found."), g.getKey)
}

type addressIn struct {
	Address string `path:"address" doc:"20 bytes in 40 hex digits, with or without 0x"`
}

func (g *Gateway) getKey(_ context.Context, in *addressIn) (*body[Record[*registryv1.Key]], error) {
	address, err := hex.DecodeString(strings.TrimPrefix(in.Address, "0x"))
	if err != nil || len(address) != 20 {
		return nil, badRequest("address", "the address is %q; write 40 hex digits", clip(in.Address))
	}
	k, err := fetch[registryv1.Key](g, statekey.Address(address))
	if err == nil && k == nil {
		err = notFound("key", "no participant has a key of the address 0x%x", address)
	}
	return respond(g, record(k), err)
}

// limited counts a request that is no read like a read.
func (g *Gateway) limited(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	if !read(r.Method) && !g.limiter.allow(w, r) {
		tooMany(w).write(w)
		return
	}
	next(ctx)
}

func tooMany(w http.ResponseWriter) *Problem {
	return problem(http.StatusTooManyRequests, "request.too_many", "this address asks more often than it may; wait %s s", w.Header().Get("Retry-After"))
}

// claim is what a request says of who sent it, before that is believed.
type claim struct{ header, method, target string }

type claimKey struct{}

// claimed keeps what the signature of a request is over.
func (g *Gateway) claimed(ctx huma.Context, next func(huma.Context)) {
	r, _ := humago.Unwrap(ctx)
	next(huma.WithValue(ctx, claimKey{}, claimOf(r)))
}

func claimOf(r *http.Request) claim {
	return claim{r.Header.Get("Authorization"), r.Method, r.URL.RequestURI()}
}

// signer is the active participant that signed a request with this body.
func (g *Gateway) signer(ctx context.Context, body []byte) (string, error) {
	c, _ := ctx.Value(claimKey{}).(claim)
	return g.authenticate(c, sha256.Sum256(body))
}

// authenticate holds a claim to the challenge, the key and the participant, in
// this order; the challenge is spent last, so that only whose signature is
// good can make this process remember anything.
func (g *Gateway) authenticate(c claim, sum [32]byte) (string, error) {
	challenge, signature, ok := parseSigned(c.header)
	if !ok {
		return "", problem(http.StatusUnauthorized, "auth.required",
			"this is not for everybody: ask for a challenge at /v1/challenges and send Authorization: %s challenge=…, signature=…", signedScheme)
	}
	if !g.challenges.sound(challenge) {
		return "", unauthorized("the challenge is not one of this node, or is over; ask for another")
	}
	address, err := envelope.RecoverAddress(envelope.RequestDigest(g.c.Ledger.ChainID(), challenge, c.method, c.target, sum), signature)
	if err != nil {
		return "", unauthorized("%v", err)
	}
	who, err := g.liveKey(address)
	if err != nil {
		return "", err
	}
	if !g.challenges.use(challenge) {
		return "", unauthorized("the challenge was used before; ask for another")
	}
	return who, nil
}

func unauthorized(format string, args ...any) *Problem {
	return problem(http.StatusUnauthorized, "auth.refused", format, args...)
}

// liveKey is the active participant whose live key has the address.
func (g *Gateway) liveKey(address []byte) (who string, err error) {
	err = g.c.Ledger.View(func(v View) error {
		k, err := lookUp[registryv1.Key](v, statekey.Address(address))
		switch {
		case err != nil:
			return err
		case k == nil:
			return unauthorized("no participant has the key 0x%x that signed the request; the signature is over method, path and body", address)
		case k.GetRetiredAt() != 0:
			return unauthorized("the key %s of %s is retired; sign with a live one", k.GetLabel(), k.GetParticipant())
		}
		p, err := lookUp[registryv1.Participant](v, statekey.Participant(k.GetParticipant()))
		if err != nil {
			return err
		}
		if p.GetStatus() != registryv1.ParticipantStatus_PARTICIPANT_STATUS_ACTIVE {
			return problem(http.StatusForbidden, "registry.inactive_participant", "participant %s is not active", k.GetParticipant())
		}
		who = p.GetId()
		return nil
	})
	return who, err
}

// parseSigned reads "Filiera-Signature challenge=…, signature=…".
func parseSigned(header string) (challenge string, signature []byte, ok bool) {
	rest, ok := strings.CutPrefix(header, signedScheme+" ")
	if !ok || len(header) > 500 {
		return "", nil, false
	}
	first, second, ok := strings.Cut(rest, ",")
	if !ok {
		return "", nil, false
	}
	challenge, ok = strings.CutPrefix(strings.TrimSpace(first), "challenge=")
	if !ok {
		return "", nil, false
	}
	text, ok := strings.CutPrefix(strings.TrimSpace(second), "signature=")
	if !ok {
		return "", nil, false
	}
	signature, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	return challenge, signature, err == nil
}
