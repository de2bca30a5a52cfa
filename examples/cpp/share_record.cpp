// Shares a record: seals it under a policy, publishes it, finds it by keyword and opens it again.
// The same as examples/c/share_record.c, with owning types and exceptions.
//
//     share_record_cpp FILE STORE [POLICY [KEYWORD]]
//
// Sealed records go to the directory STORE/objects, the opened copy to STORE/opened. The file is
// never completely in memory, and may have any size. A failure prints one line to standard error and
// returns exit status 1.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>

#include <medseal.hpp>

namespace {

std::uint64_t now_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

// Issues the keys of a member with these attributes.
medseal::member_keys issue(const medseal::authority &authority, std::string_view attributes) {
    return authority.issue(medseal::attributes::parse(attributes));
}

// Seals a file into the store, and appends an entry about it to the ledger.
medseal::published publish(const medseal::consortium &clinics, const medseal::publication &publication,
                           const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        throw std::runtime_error("cannot be read");
    }
    std::int32_t last = MEDSEAL_STEP_NONE;
    const auto report = [&last](std::int32_t step, std::uint64_t) {
        if (step != last) {
            std::cout << "  step " << step << " of " << MEDSEAL_STEP_APPEND << '\n';
            last = step;
        }
        return true; // false would cancel
    };
    return clinics.publish(medseal::reading(file), publication, nullptr, report);
}

void share(const std::string &path, const std::string &directory, std::string_view policy, std::string_view word) {
    // The arguments.
    const auto access = medseal::policy::parse(policy);
    const auto keyword = medseal::keyword::of(word);

    // The authority sets up, and issues keys to a records office, a doctor and a nurse.
    const auto authority = medseal::authority::setup();
    const auto parameters = authority.public_parameters();
    const auto keyword_key = authority.keyword_key();
    const auto office = issue(authority, "role=records_office");
    const auto doctor = issue(authority, "role=doctor, department=cardiology, clearance=4");
    const auto nurse = issue(authority, "role=nurse, department=cardiology");

    // Can the doctor open it? If not, report what is missing.
    if (const std::string missing = access.diagnose(doctor.attributes()); !missing.empty()) {
        throw std::runtime_error("the doctor does not satisfy the policy: " + missing.substr(0, missing.find('\n')));
    }

    // The super node signs the charter of a ledger that accepts entries from a records office. The
    // ledger is in memory, the store in a directory.
    const auto claim = medseal::policy::parse("role=records_office");
    auto super_node = medseal::super_node::generate();
    const auto charter = medseal::charter::first(super_node, {"clinics", claim, parameters});
    const auto ledger = medseal::ledger::in_memory(charter, super_node.public_key());
    const auto charters = medseal::charters::of(charter, super_node.public_key());
    const auto store = medseal::store::in_directory(directory + "/objects");
    const medseal::consortium publishers(ledger, store, charters, 2);

    // The office publishes the record.
    const auto signing_key = office.signing();
    const medseal::publication publication{access, {keyword}, keyword_key, signing_key, now_ms()};
    const medseal_published published = publish(publishers, publication, path).record;
    std::cout << "published " << published.receipt.length << " bytes as " << published.receipt.sealed_length
              << " sealed bytes\n";

    // A reader trusts a head of the ledger: here, its current one.
    const auto head = medseal::trusted_head::of(ledger.head(), now_ms(), now_ms(), 60'000);
    const medseal::consortium clinics(ledger, store, charters, head, 2);

    // A nurse finds nothing, and cannot open it either.
    // A search shows only the attributes that this policy needs.
    const auto find = [&](const medseal::member_keys &member) {
        const auto key = member.search();
        const auto showing = medseal::needed(key.attributes(), {access});
        return clinics.find({keyword, key, showing});
    };
    const std::string opened = directory + "/opened";
    if (find(nurse).count().hits > 0) {
        std::cout << "the nurse finds it: the policy allows that\n";
    } else {
        try {
            clinics.open_file(published.place.id, nurse.decryption(), opened);
            throw std::runtime_error("the nurse opened a record that she cannot find");
        } catch (const medseal::error &error) {
            if (error.status() != MEDSEAL_ERR_POLICY_NOT_SATISFIED) {
                throw;
            }
            std::cout << "the nurse finds nothing and opens nothing: " << error.what() << '\n';
        }
    }

    // The doctor finds it and opens it. A later search from `next` would read only new items.
    const medseal_place place = find(doctor).hit(0);
    clinics.open_file(place.id, doctor.decryption(), opened);
    std::cout << "the doctor finds it at height " << place.height << " and opens it to " << opened << '\n';
}

} // namespace

int main(int argc, char **argv) {
    if (argc < 3 || argc > 5) {
        std::cerr << "usage: share_record_cpp FILE STORE [POLICY [KEYWORD]]\n";
        return EXIT_FAILURE;
    }
    try {
        share(argv[1], argv[2], argc > 3 ? argv[3] : "role=doctor and (department=cardiology or clearance>=3)",
              argc > 4 ? argv[4] : "diagnosis:e11.9");
    } catch (const std::exception &error) {
        std::cerr << "share_record_cpp: " << argv[1] << ": " << error.what() << '\n';
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
