package verify

// Code describes a reason that an answer may give.
type Code struct {
	// ID is stable.
	ID string
	// Leads is the verdict it leads to; "" when it only informs. Where a code may do either, Leads is the verdict.
	Leads Verdict
	About string
}

// Codes lists every reason, for reference pages and tests.
func Codes() []Code {
	return []Code{
		{"product_unknown", Unknown, "the ledger has no product with this GTIN"},
		{"batch_unknown", Unknown, "the ledger has the product and no such batch"},
		{"batch_recalled", Recalled, "a recall names the batch"},
		{"made_of_recalled", Recalled, "the batch was made of one that is recalled"},
		{"certified_more_than_produced", Suspicious, "certificates in force cover more than the batch's quantity"},
		{"moved_before_production", Suspicious, "an event moves the batch before its production date"},
		{"certifier_never_accredited", Suspicious, "the certifier has no accreditation for the specification, not even an ended one"},
		{"certificate_of_other_specification", Suspicious, "a certificate names another specification or version than the batch"},
		{"place_outside_zone", Suspicious, "the place of production is not in the zone of the specification version"},
		{"recall_spreading", Suspicious, "a recall is spreading, and not all of what the batch was made of could be checked yet"},
		{"production_in_future", Suspicious, "the production date lies more than a day after the ledger's"},
		{"unit_revealed_again", Suspicious, "the code under the cap of the item was revealed more than once"},
		{"unit_void", Suspicious, "the item was made void: its label broke, was lost, or was never used"},
		{"unit_unknown", Suspicious, "the item is proven to be in no run of a batch whose runs cover all that there is of it"},
		{"unit_proof_wrong", Suspicious, "the proof shown with the item does not lead to what was committed"},
		{"batch_expired", Expired, "the ledger's day is past the expiry date"},
		{"certificate_expired", Expired, "a certificate's validity is over; it only informs beside a suspended or revoked one"},
		{"certificate_suspended", Suspended, "a certificate is suspended and none is in force"},
		{"certificate_revoked", NotCertified, "a certificate was revoked and none is in force; it only informs beside a suspended one"},
		{"certificate_replaced", NotCertified, "a certificate was replaced and none is in force"},
		{"certificate_not_yet_valid", NotCertified, "a certificate begins later and none is in force"},
		{"certificate_pending", NotCertified, "a certificate waits for the second signature that its accreditation asks for, and none is in force"},
		{"no_certificate", NotCertified, "no certificate covers the batch"},
		{"no_specification", NotCertified, "the batch is made to no specification"},
		{"batch_withdrawn", NotCertified, "the owner took the batch off"},
		{"contract_declassified", NotCertified, "a contract took the name of the specification from the batch"},
		{"contract_rule_not_met", AuthenticWithWarnings, "a rule of a contract that only warns, or holds, is not met"},
		{"contract_hold", AuthenticWithWarnings, "a contract keeps the batch from being sold or handed over"},
		{"contract_wants_attestation", AuthenticWithWarnings, "a contract asks for an attestation before the batch is handed over"},
		{"producer_suspended", AuthenticWithWarnings, "the batch's owner is suspended"},
		{"producer_revoked", AuthenticWithWarnings, "the batch's owner is excluded for good"},
		{"certifier_suspended", AuthenticWithWarnings, "the certifier of a certificate in force is suspended"},
		{"certifier_revoked", AuthenticWithWarnings, "the certifier of a certificate in force is excluded for good"},
		{"accreditation_suspended", AuthenticWithWarnings, "the accreditation behind a certificate in force is suspended"},
		{"accreditation_revoked", AuthenticWithWarnings, "the accreditation behind a certificate in force was revoked"},
		{"requirement_not_met", AuthenticWithWarnings, "a certificate in force reports a control point as failed"},
		{"certified_less_than_produced", AuthenticWithWarnings, "certificates in force cover less than the batch's quantity"},
		{"quantities_not_comparable", AuthenticWithWarnings, "a certificate counts in another unit than the batch"},
		{"other_certificate_suspended", AuthenticWithWarnings, "a certificate is suspended beside one in force"},
		{"recorded_late", AuthenticWithWarnings, "events were recorded later after their time than the specification lets pass (7 days where it is silent)"},
		{"batch_registered_late", AuthenticWithWarnings, "the batch was registered later after its production than the specification lets pass (7 days where it is silent)"},
		{"step_contradicts_book", AuthenticWithWarnings, "a transformation event tells otherwise than the book of matter did of how the batch was made"},
		{"input_withdrawn", AuthenticWithWarnings, "a batch it was made from was withdrawn"},
		{"unit_not_committed", AuthenticWithWarnings, "the item is proven to be in no run, and part of the batch has no serial numbers"},
		{"more_units_than_goods", AuthenticWithWarnings, "the units that are not void hold more than is left or was sold of the batch"},
		{"certificate_in_force", Authentic, "a certificate is in force"},
		{"contract_status", "", "a contract gave the batch a status"},
		{"contract_wants_control", "", "a contract asks for a control of the batch"},
		{"part_of_certified_batch", "", "the batch was split off another, whose certificates hold for it as far as they attest"},
		{"other_certificate_revoked", "", "a certificate was revoked beside one in force"},
		{"accreditation_ended", "", "the accreditation behind a certificate in force has ended by its dates"},
		{"step_not_in_book", "", "a transformation event tells of what the batch was made, and the book of matter did not"},
		{"specification_superseded", "", "the specification has a later version than the batch's"},
		{"input_not_registered", "", "a batch it was made from is not on the ledger"},
		{"step_declared_wrong", "", "an event was declared wrong by who told it or by an authority; nothing rests on it"},
		{"recall_lifted", "", "an authority let the batch out of a recall"},
		{"recall_other_units", "", "a recall is about other items of the batch than the one asked about"},
		{"unit_in_batch", "", "the item is proven to be one of those committed for the batch"},
		{"unit_acquitted", "", "the code under the cap of the item was revealed once"},
		{"unit_not_proven", "", "the batch has serial numbers, and nothing was shown of this one"},
		{"no_journey", "", "no event that stands is recorded for the batch"},
	}
}
