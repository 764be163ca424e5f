package epcisrest

// table lists every resource. The prefix /epcis is part of the paths, because
// clients are given whole paths (Location, Link).
func (s *Service) table() []route {
	table := []route{
		{path: "/epcis", get: s.getTop, describe: "The resources that there are"},
		{path: "/epcis/{$}", get: s.getTop},
		{path: "/epcis/openapi.json", get: s.getOpenAPI, describe: "This description"},
		{path: "/epcis/capture", get: s.getJobs, post: s.postCapture, private: true, capture: true, describe: "Capture documents; the jobs of the token's participant"},
		{path: "/epcis/capture/{captureID}", get: s.getJob, private: true, describe: "The state of a capture job"},
		{path: "/epcis/events", get: s.getEvents, post: s.postEvent, describe: "Events by query; POST captures one"},
		{path: "/epcis/events/{eventID}", get: s.getEvent, describe: "The events with an eventID"},
		{path: "/epcis/queries", get: s.getQueries, post: s.postQuery, describe: "Named queries"},
		{path: "/epcis/queries/{queryName}", get: s.getQuery, del: s.deleteQuery, describe: "A named query"},
		{path: "/epcis/queries/{queryName}/events", get: s.getQueryEvents, unbound: true, describe: "The events that answer a named query; with Upgrade: websocket, as they come"},
		{path: "/epcis/queries/{queryName}/subscriptions", get: s.getSubscriptions, post: s.postSubscription, private: true, describe: "Subscriptions to a named query"},
		{path: "/epcis/queries/{queryName}/subscriptions/{subscriptionID}", get: s.getSubscription, del: s.deleteSubscription, private: true, describe: "A subscription"},
		{path: "/epcis/nextPageToken/{token}", del: s.deleteToken, describe: "Page tokens hold nothing of the node and cannot be withdrawn"},
	}
	for _, c := range collections {
		table = append(table,
			route{path: "/epcis/" + c.name, get: s.getCollection(c), describe: "The " + c.name + " of captured events"},
			route{path: "/epcis/" + c.name + "/{value}", get: s.getMember(c), describe: "What there is of one of them"},
			route{path: "/epcis/" + c.name + "/{value}/events", get: s.getMemberEvents(c), describe: "The events with one of them"},
		)
	}
	return table
}
