-- What an agent signed of a proof, byte for byte, and Muster's signature over that; none of what was told before.
alter table proofs
    add column document         bytea,
    add column signature        bytea,
    add column agent_key        bytea,
    add column countersignature bytea;
