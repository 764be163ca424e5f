// Package matter keeps the book of matter: how much of every batch came into
// being, of what, how much is left, and where the rest went.
//
// Words. An entry is one movement with its postings: so much enters an account
// and as much leaves others. The accounts are the stocks of the batches, the land
// and animals that harvests come of, what comes from who is not registered here,
// what producers declared where nothing asks for its origin, losses of a process,
// what is written off, and the market. Amounts are whole base units of a product;
// beside them stand milligrams, from the unit itself, from the declared density,
// or from the declared net content, never from a guess.
//
// Promises. Nothing is consumed that is not left, and nothing twice, whoever asks
// and however many ask in one transaction or one block. What is made weighs no
// more than what went in; the difference is a loss of the process. Where the
// specification has stages, a batch comes only of land, animals or other batches,
// within its yields, its kilograms per hectare and harvest year, and its amounts
// per head. A cadastral parcel bears once, whoever registered it, under whatever
// id. The outputs of a transformation, split or merge are new lots, so the graph
// of what was made of what has no circle. Entries never change; a mistake is taken
// back by a reversal, while what it brought is still there.
//
// Sources: Reg. (EU) 2024/1143 art. 49-51 (controls verify the balance of
// production), Reg. (EC) 178/2002 art. 18 (one step back, one step forward).
package matter
