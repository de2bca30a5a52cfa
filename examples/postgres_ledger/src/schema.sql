-- One row. Every append locks it first. Heights are therefore assigned one after the other, without
-- gaps, and become visible in order. A sequence guarantees neither: a rollback leaves a gap, and of
-- two writers, the one with the greater number may commit first.
CREATE TABLE head (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    size     bigint  NOT NULL, -- the number of items, hence the next height
    frontier bytea   NOT NULL, -- medseal::merkle::Frontier over all items
    number   bigint  NOT NULL, -- of the current charter
    charter  bytea   NOT NULL  -- the hash of the current charter
);

CREATE TABLE items (
    height bigint PRIMARY KEY,
    id     bytea  UNIQUE,   -- of an entry; a charter has none
    leaf   bytea  NOT NULL, -- the hash of the item in the Merkle tree
    item   bytea  NOT NULL  -- medseal::ledger::Item
);

-- What a search reads: one row for each item. A missing row is detected.
CREATE TABLE indexes (
    height bigint PRIMARY KEY REFERENCES items,
    id     bytea,
    index  bytea            -- medseal::search::RecordIndex; a charter has none
);

-- Curve points do not compress.
ALTER TABLE items   ALTER COLUMN item  SET STORAGE EXTERNAL;
ALTER TABLE indexes ALTER COLUMN index SET STORAGE EXTERNAL;
