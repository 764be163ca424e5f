package epcisrest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/filiera-chain/filiera/index"
)

const (
	callWithin     = 30 * time.Second
	maxDestination = 2048
)

// call posts events to the destination of a subscription. Anything but 2xx is a
// failure; redirections are not followed.
func (s *Service) call(ctx context.Context, sub *subscription, events []*index.EPCISEvent) error {
	body, prefixes, err := s.document(answer{events: events, queryName: sub.query, subscriptionID: sub.id, format: sub.definition.EPCFormat})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, sub.definition.Dest, bytes.NewReader(body))
	if err != nil {
		return err
	}
	h := req.Header
	h.Set("Content-Type", jsonType)
	h.Set("User-Agent", "filiera")
	h.Set("GS1-EPCIS-Version", epcisVersion)
	h.Set("GS1-CBV-Version", cbvVersion)
	h.Set("GS1-EPC-Format", sub.definition.EPCFormat)
	if prefixes != "" {
		h.Set("GS1-Extensions", prefixes)
	}
	if sub.secret != "" {
		h.Set("GS1-Signature", signature(sub.secret, body))
	}
	res, err := s.caller.Do(req)
	if err != nil {
		var inner *url.Error
		if errors.As(err, &inner) {
			err = inner.Err // without the address, which may hold a secret
		}
		return err
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("it answered %d %s", res.StatusCode, http.StatusText(res.StatusCode))
	}
	return nil
}

// signature is HMAC-SHA256 of the body under the subscriber's secret.
func signature(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// webhookClient calls public addresses, and those of allowed networks. What a name
// resolves to is looked at when the connection is made: a name cannot lead inside.
func webhookClient(allowed []netip.Prefix) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		return checkAddress(at.Addr(), allowed)
	}}
	return &http.Client{
		Transport: &http.Transport{
			Proxy: nil, DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: callWithin,
			MaxResponseHeaderBytes: 64 << 10, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 2, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// notPublic are networks that are not private by name and are no place to call.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("fec0::/10"),
}

func checkAddress(a netip.Addr, allowed []netip.Prefix) error {
	a = a.Unmap().WithZone("")
	for _, p := range allowed {
		if p.Contains(a) {
			return nil
		}
	}
	public := a.IsGlobalUnicast() && !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast()
	for _, p := range notPublic {
		public = public && !p.Contains(a)
	}
	if !public {
		return fmt.Errorf("%s is not a public address; the node's operator may allow its network with --epcis-webhook-networks", a)
	}
	return nil
}

// checkDestination refuses what can be seen to be wrong before any call.
func checkDestination(dest string, allowed []netip.Prefix) error {
	if dest == "" || len(dest) > maxDestination {
		return fmt.Errorf("it has %d bytes; write an address of at most %d", len(dest), maxDestination)
	}
	u, err := url.Parse(dest)
	switch {
	case err != nil:
		return errors.New("it is not a URL")
	case u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("%s is not http or https", clip(u.Scheme))
	case u.Hostname() == "":
		return errors.New("it has no host")
	case u.User != nil:
		return errors.New("it holds a name or password; use signatureToken")
	}
	host := strings.TrimSuffix(u.Hostname(), ".")
	if a, err := netip.ParseAddr(host); err == nil {
		return checkAddress(a, allowed)
	}
	if len(allowed) == 0 && (strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost")) {
		return errors.New("localhost is not a public address")
	}
	return nil
}
