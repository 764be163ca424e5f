// Package place knows where things happen to goods: the farms, mills, plants,
// cellars, warehouses and shops of the participants, down to the parcel of land
// and the line of a plant.
//
// Words. A location has an id, an owner and details (name, kind, municipality,
// cadastral parcels, coordinates, the place it lies in, days of activity). The
// id is a GLN, a GLN with the extension of a place within it (AI 254), or, for
// who has no GLN, a name of the owner's own: "pastificio/laboratorio". What an
// EPCIS event calls its readPoint or bizLocation resolves to a location by
// gs1.LocationIDs. A location is open, suspended by an authority, or closed by
// its owner, which is final.
//
// Promises. An id belongs to one owner for ever, and so does a GLN with all its
// extensions; a GLN under which another participant is enrolled is refused (the
// registry, which comes before this module, does not look here when an authority
// adds an alternate id later: the authority does). Id
// and owner never change: a place that changes hands is closed and registered
// anew, so that its past stays with who vouched for it. An amendment keeps what
// was said before. The places that a place lies in form no circle, belong to
// the same owner, and are at most MaxDepth deep.
//
// Nothing personal stands here: names are those that organisations give to
// places. Text with an electronic address or an Italian fiscal code, and names with
// a telephone number, are refused; a natural person's name cannot be told from a place's and
// is refused by people, before it is signed. A parcel's owner is not asked for.
package place
