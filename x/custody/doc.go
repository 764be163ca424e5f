// Package custody moves goods from hand to hand, one lot or a whole pallet. One
// side alone cannot: who holds them offers, who is to have them accepts, and the
// goods are the sender's until then.
//
// Words. An offer is so much of some batches, or a logistic unit as it stands, for
// one receiver, until a time. The receiver accepts it, refuses it, or disputes the
// quantities, to which the sender agrees or not; the sender may cancel it until
// both have agreed. A logistic unit is a pallet, case or parcel under a Serial
// Shipping Container Code, with batches, single items and other units in it.
//
// Promises. Goods are in one pair of hands at any time: of two offers of the same
// goods at most one is accepted, because the book of matter is asked at that
// moment, and the lot stays the lot that stands on the label. What is packed is
// used only once it is unpacked, an item is in one unit, and no unit is in itself.
// The owner, who answers for the batch and may call it back, stays. An offer ends
// in time, and one sender has a bounded number of them. EPCIS events of shipping,
// receiving and packing may stand beside; each must be recorded, by the right side,
// about the goods.
//
// Sources: GS1 General Specifications, section 2.2 (logistic units); EPCIS 2.0,
// section 7.4.3 (aggregation); CBV 2.0, shipping and receiving.
package custody
