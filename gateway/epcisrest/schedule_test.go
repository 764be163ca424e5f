package epcisrest

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestSchedules(t *testing.T) {
	for name, tc := range map[string]struct {
		sc          schedule
		after, next string
	}{
		"every morning at five past one": {schedule{Hour: "1", Minute: "5"}, "2026-11-23T10:00:00Z", "2026-11-24T01:05:00Z"},
		"later the same day":             {schedule{Hour: "1", Minute: "5"}, "2026-11-23T00:00:00Z", "2026-11-23T01:05:00Z"},
		"not twice in its second":        {schedule{Hour: "1", Minute: "5"}, "2026-11-23T01:05:00Z", "2026-11-24T01:05:00Z"},
		"every half minute":              {schedule{Second: "0,30"}, "2026-11-23T10:00:00Z", "2026-11-23T10:00:30Z"},
		"every hour":                     {schedule{Minute: "0"}, "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"},
		"a range":                        {schedule{Hour: "[8-10],18"}, "2026-11-23T10:30:00Z", "2026-11-23T18:00:00Z"},
		"Mondays":                        {schedule{DayOfWeek: "1"}, "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"},
		"Sundays":                        {schedule{DayOfWeek: "7", Hour: "6"}, "2026-11-23T00:00:00Z", "2026-11-29T06:00:00Z"},
		"once in four years":             {schedule{Month: "2", DayOfMonth: "29"}, "2026-11-23T00:00:00Z", "2028-02-29T00:00:00Z"},
		"never":                          {schedule{Month: "2", DayOfMonth: "30"}, "2026-11-23T00:00:00Z", ""},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := tc.sc.timetable()
			if err != nil {
				t.Fatal(err)
			}
			after, err := time.Parse(time.RFC3339, tc.after)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if at := table.next(after); !at.IsZero() {
				got = at.Format(time.RFC3339)
			}
			if got != tc.next {
				t.Errorf("after %s comes %q, want %q", tc.after, got, tc.next)
			}
		})
	}
	for name, sc := range map[string]schedule{
		"empty": {}, "too large": {Hour: "24"}, "no number": {Minute: "x"}, "backwards": {Hour: "[5-3]"}, "open": {Hour: "[3-5"}, "day 0": {DayOfMonth: "0"}, "cron's star": {Hour: "*"},
	} {
		if _, err := sc.timetable(); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func FuzzSchedule(f *testing.F) {
	f.Add("0,30", "[1-5]", "1", "31", "2", "7")
	f.Add("", "", "[", "-1", "99999999999999999999", "[1-1]")
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, second, minute, hour, day, month, weekday string) {
		table, err := schedule{second, minute, hour, day, month, weekday}.timetable()
		if err != nil {
			return
		}
		if next := table.next(at); !next.IsZero() && !next.After(at) {
			t.Fatalf("%v comes after %v", next, at)
		}
	})
}

func TestWebhooksStayOutside(t *testing.T) {
	inside := []string{
		"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "198.18.0.1",
		"::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
	}
	for _, a := range inside {
		if checkAddress(netip.MustParseAddr(a), nil) == nil {
			t.Errorf("%s would be called", a)
		}
	}
	for _, a := range []string{"93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"} {
		if err := checkAddress(netip.MustParseAddr(a), nil); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
	if err := checkAddress(netip.MustParseAddr("10.1.2.3"), []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}); err != nil {
		t.Errorf("an allowed network: %v", err)
	}
	for dest, says := range map[string]string{
		"": "bytes", "ftp://example.com/": "http", "file:///etc/passwd": "http", "gopher://x/": "http", "https:///in": "host", "https://u:p@example.com/": "password",
		"http://127.0.0.1:8080/": "public", "http://[::1]/": "public", "http://localhost/": "public", "http://LOCALHOST./": "public", "http://169.254.169.254/latest": "public",
		"https://example.com/" + strings.Repeat("x", 3000): "bytes",
	} {
		if err := checkDestination(dest, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", dest, err)
		}
	}
	if err := checkDestination("https://hooks.example.com/in?k=1", nil); err != nil {
		t.Error(err)
	}
	// What resolves inside is refused when the connection is made.
	_, err := webhookClient(nil).Get("http://localhost.localdomain:1/")
	if err == nil {
		t.Error("a name that leads inside was called")
	}
}

func TestThePauseGrows(t *testing.T) {
	last := time.Duration(0)
	for n := 1; n < 40; n++ {
		p := pause(n)
		if p < last || p > longestPause {
			t.Fatalf("after %d failures %v, before it %v", n, p, last)
		}
		last = p
	}
	if last != longestPause {
		t.Errorf("the longest pause is %v", last)
	}
}
