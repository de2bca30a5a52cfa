// The C++ wrapper's additions to the C interface: ownership, moves, exceptions or results, and the
// transport of a callback's exception past the library. Compiled and run with exceptions and
// without; a failed check ends the program.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include <medseal.hpp>

#define CHECK(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                             \
            std::abort();                                                                                    \
        }                                                                                                    \
    } while (0)

namespace {

#if MEDSEAL_HAS_EXCEPTIONS
template <class T> T must(T value) { return value; }
// The error of a call; MEDSEAL_OK if there is none.
template <class F> medseal::error error_of(F call) {
    try {
        call();
    } catch (const medseal::error &error) {
        return error;
    }
    return medseal::error(MEDSEAL_OK);
}
static_assert(std::is_convertible_v<medseal::error *, std::exception *>);
// A failure of one of our callbacks.
template <class T> medseal::result<T> refuse(medseal_status status) { throw medseal::error(status); }
#else
template <class T> T must(medseal::result<T> result) {
    CHECK(result);
    return *std::move(result);
}
template <class F> medseal::error error_of(F call) {
    const auto result = call();
    CHECK(result.has_value() == (result.error().status() == MEDSEAL_OK));
    return result.error();
}
template <class T> medseal::result<T> refuse(medseal_status status) { return medseal::error(status); }
#endif

template <class F> medseal_status status_of(F call) { return error_of(call).status(); }

std::string text(const medseal::secret_bytes &bytes) { return {bytes.begin(), bytes.end()}; }

void handles_move_and_views_take_what_holds_bytes() {
    auto policy = must(medseal::policy::parse("role=doctor and (ward=12 or clearance>=3)"));
    auto moved = std::move(policy);
    CHECK(policy.get() == nullptr && moved.get() != nullptr);
    CHECK(status_of([&] { return policy.text(); }) == MEDSEAL_ERR_NULL_POINTER);
    policy = std::move(moved);
    const medseal::bytes encoded = must(policy.encode());
    CHECK(must(must(medseal::policy::decode(encoded)).text()) == must(policy.text()));
    medseal_policy *raw = policy.release();
    CHECK(policy.get() == nullptr);
    policy = medseal::policy(raw);

    const std::uint8_t array[] = {1, 2, 3};
    const auto key = must(medseal::record_key::generate());
    CHECK(must(key.seal(array)).size() == must(medseal::record_sealed_length(3)));
    CHECK(text(must(key.open(must(key.seal(medseal::as_bytes("HbA1c 7.2 %")))))) == "HbA1c 7.2 %");
    CHECK(must(key.open(must(key.seal({})))).empty());
    // Longer than the first buffer that is tried.
    CHECK(text(must(key.open(must(key.seal(medseal::as_bytes(std::string(100000, 'x'))))))) ==
          std::string(100000, 'x'));
}

void attributes_and_policies_are_made_of_values() {
    using medseal::attributes;
    using medseal::comparison;
    using medseal::policy;
    const auto ward = must(attributes::of_text("ward", "x\", role=\"doctor"));
    const auto clearance = must(attributes::of_number("clearance", 4));
    const auto until = must(attributes::of_date("until", {2027, 1, 31}));
    const auto emergency = must(attributes::of_label("emergency"));
    const auto all = must(attributes::join({ward, clearance, until, emergency}));
    CHECK(must(all.count()) == 4);
    CHECK(!must(must(policy::parse("role=doctor")).check(all)));

    const auto same = must(policy::compare_text("ward", comparison::equal, "x\", role=\"doctor"));
    const auto high = must(policy::compare_number("clearance", comparison::at_least, 3));
    const auto late = must(policy::compare_date("until", comparison::greater, {2027, 1, 31}));
    const auto year = must(policy::between_dates("until", {2027, 1, 1}, {2027, 12, 31}));
    const auto four = must(policy::between_numbers("clearance", 4, 4));
    const auto label = must(policy::of_label("emergency"));
    CHECK(must(must(policy::all({same, high, year, four, label})).check(all)));
    CHECK(!must(late.check(all)));
    CHECK(must(must(late.negated()).check(all)));
    CHECK(must(must(policy::any({late, four})).check(all)));
    CHECK(!must(must(policy::threshold(2, {late, four})).check(all)));
    CHECK(status_of([&] { return policy::all({}); }) == MEDSEAL_ERR_POLICY);
}

void errors_tell_what_the_library_tells() {
    const auto error = error_of([] { return medseal::policy::parse("role=doctor and "); });
    CHECK(error.status() == MEDSEAL_ERR_POLICY && error.position() == 16);
    CHECK(std::string(error.what()).find("at byte 16") != std::string::npos);
    CHECK(std::string(medseal::error(MEDSEAL_ERR_IO).what()) == medseal_status_text(MEDSEAL_ERR_IO));
}

void streams_work_and_cancel() {
    const auto key = must(medseal::record_key::generate());
    std::istringstream record(std::string(200000, 'r'));
    std::stringstream sealed;
    std::ostringstream opened;
    std::uint64_t told = 0;
    const auto report = [&](std::int32_t, std::uint64_t done) {
        told = done;
        return true;
    };
    must(key.seal_stream(medseal::reading(record), medseal::writing(sealed), 0, 1, report));
    CHECK(told == 200000);
    must(key.open_stream(medseal::reading(sealed), medseal::writing(opened)));
    CHECK(opened.str() == record.str());
    // Seals the record to its own stream.
    const auto seal = [&](const medseal::reader_function &from, const medseal::progress_function &progress) {
        std::ostringstream to;
        return key.seal_stream(from, medseal::writing(to), 0, 1, progress);
    };
    const auto from_start = [&] {
        record.clear();
        record.seekg(0);
        return medseal::reading(record);
    };
    const auto cancel = [](std::int32_t, std::uint64_t) { return false; };
    CHECK(status_of([&] { return seal(from_start(), cancel); }) == MEDSEAL_ERR_CANCELLED);
    const auto broken = [](std::uint8_t *, std::size_t size) { return size + 1; };
    CHECK(status_of([&] { return seal(broken, {}); }) == MEDSEAL_ERR_IO);
    const auto full = [](medseal::bytes_view) { return false; };
    CHECK(status_of([&] { return key.seal_stream(from_start(), full); }) == MEDSEAL_ERR_IO);

    // A file that cannot be opened is not an empty file, and a missing reader
    // is not an empty record.
    std::ifstream missing("no/such/file", std::ios::binary);
    CHECK(status_of([&] { return seal(medseal::reading(missing), {}); }) == MEDSEAL_ERR_IO);
    CHECK(status_of([&] { return seal({}, {}); }) == MEDSEAL_ERR_NULL_POINTER);
    std::istringstream empty;
    CHECK(status_of([&] { return seal(medseal::reading(empty), {}); }) == MEDSEAL_OK);

    // The error gives the file and the reason.
    const auto no_file = error_of([&] { return key.seal_file("no/such/file", "out"); });
    CHECK(no_file.status() == MEDSEAL_ERR_IO);
    CHECK(std::string(no_file.what()).find("no/such/file: No such file") == 0);
}

#if MEDSEAL_HAS_EXCEPTIONS
void what_a_callback_throws_arrives_at_the_caller() {
    const auto key = medseal::record_key::generate();
    std::ostringstream sealed;
    const medseal::reader_function throwing = [](std::uint8_t *, std::size_t) -> std::size_t {
        throw std::logic_error("ours");
    };
    try {
        key.seal_stream(throwing, medseal::writing(sealed));
        CHECK(false);
    } catch (const std::logic_error &error) {
        CHECK(std::string(error.what()) == "ours");
    }
    // It is not thrown a second time.
    CHECK(status_of([] { return medseal::policy::parse("role="); }) == MEDSEAL_ERR_POLICY);
    // A failure with the status of success is a failure, and any other status arrives unchanged.
    for (const auto &[thrown, arrives] : {std::pair{MEDSEAL_OK, MEDSEAL_ERR_IO},
                                          std::pair{MEDSEAL_ERR_SPENT, MEDSEAL_ERR_SPENT}}) {
        const medseal::reader_function refusing = [thrown = thrown](std::uint8_t *, std::size_t) -> std::size_t {
            throw medseal::error(thrown);
        };
        CHECK(status_of([&] { return key.seal_stream(refusing, medseal::writing(sealed)); }) == arrives);
    }
}
#endif

// Types that refer to other objects accept no temporaries.
using medseal::charters, medseal::consortium, medseal::ledger, medseal::store, medseal::trusted_head;
static_assert(std::is_constructible_v<consortium, ledger &, store &, charters &, trusted_head &>);
static_assert(!std::is_constructible_v<consortium, ledger, store &, charters &, trusted_head &>);
static_assert(!std::is_constructible_v<consortium, ledger &, store, charters &, trusted_head &>);
static_assert(!std::is_constructible_v<consortium, ledger &, store &, charters, trusted_head &>);
static_assert(!std::is_constructible_v<consortium, ledger &, store &, charters &, trusted_head>);
static_assert(std::is_constructible_v<consortium, ledger &, store &, charters &>);
static_assert(!std::is_constructible_v<consortium, ledger, store &, charters &>);
static_assert(!std::is_constructible_v<consortium, ledger &, store, charters &>);
static_assert(!std::is_constructible_v<consortium, ledger &, store &, charters>);
using keywords = medseal::refs<medseal::keyword>;
static_assert(std::is_constructible_v<keywords, std::vector<medseal::keyword> &>);
static_assert(!std::is_constructible_v<keywords, std::vector<medseal::keyword>>);
static_assert(!std::is_constructible_v<std::reference_wrapper<const medseal::keyword>, medseal::keyword>);

// A ledger and a store in C++, which count their instances.
int alive = 0;

class counted {
public:
    counted() { ++alive; }
    counted(const counted &) = delete;
    counted &operator=(const counted &) = delete;

protected:
    ~counted() { --alive; }
};

class vector_ledger : public medseal::custom_ledger, counted {
public:
    // Beginning with the first charter.
    explicit vector_ledger(medseal::bytes charter) : tree_(must(medseal::merkle_tree::empty())) { keep(std::move(charter)); }
    medseal::result<medseal::appended> append(medseal::bytes_view entry, const medseal_entry_id &id,
                                              std::uint32_t charter) override {
        const auto [there, is_new] = heights_.emplace(name(id), items_.size());
        if (is_new && charter != 1) {
            heights_.erase(there);
            return refuse<medseal::appended>(MEDSEAL_ERR_ERA_PASSED);
        }
        if (is_new) {
            keep(medseal::bytes(entry.begin(), entry.end()));
        }
        return medseal::appended{there->second, !is_new};
    }
    medseal::result<medseal::bytes> at(std::uint64_t height) override {
        if (height >= items_.size()) {
            return refuse<medseal::bytes>(MEDSEAL_ERR_UNKNOWN_ENTRY);
        }
        return items_[static_cast<std::size_t>(height)];
    }
    medseal::result<medseal::bytes> get(const medseal_entry_id &id) override {
        const auto there = heights_.find(name(id));
        return there == heights_.end() ? refuse<medseal::bytes>(MEDSEAL_ERR_UNKNOWN_ENTRY)
                                       : at(there->second);
    }
    medseal::result<medseal_tree_head> head() override { return tree_.head(); }
    medseal::result<medseal::bytes> prove(const medseal_entry_id &id, std::uint64_t size) override {
        const auto there = heights_.find(name(id));
        if (there == heights_.end()) {
            return refuse<medseal::bytes>(MEDSEAL_ERR_UNKNOWN_ENTRY);
        }
        if (there->second >= size) {
            return refuse<medseal::bytes>(MEDSEAL_ERR_AFTER_TRUSTED_HEAD);
        }
        return must(tree_.prove_inclusion(there->second, size)).encode();
    }

private:
    void keep(medseal::bytes item) {
        must(tree_.append(item));
        items_.push_back(std::move(item));
    }
    static std::string name(const medseal_entry_id &id) {
        return {reinterpret_cast<const char *>(id.bytes), sizeof(id.bytes)};
    }
    medseal::merkle_tree tree_;
    std::vector<medseal::bytes> items_;
    std::map<std::string, std::size_t> heights_;
};

class map_store final : public medseal::custom_store, counted {
public:
    class pending final : public upload, counted {
    public:
        explicit pending(map_store &store) : store_(store) {}
        medseal::result<void> write(medseal::bytes_view data) override {
            bytes_.insert(bytes_.end(), data.begin(), data.end());
            return medseal::result<void>();
        }
        medseal::result<void> commit(std::string_view address) override {
            store_.objects_.emplace(address, std::move(bytes_));
            return medseal::result<void>();
        }

    private:
        map_store &store_;
        medseal::bytes bytes_;
    };
    class open_object final : public reading, counted {
    public:
        explicit open_object(const medseal::bytes &bytes) : bytes_(bytes) {}
        medseal::result<std::size_t> read(std::uint8_t *buffer, std::size_t size) override {
            const std::size_t count = std::min(size, bytes_.size() - at_);
            std::copy_n(bytes_.data() + at_, count, buffer);
            at_ += count;
            return count;
        }

    private:
        const medseal::bytes &bytes_;
        std::size_t at_ = 0;
    };
    medseal::result<std::unique_ptr<upload>> begin() override {
        return std::unique_ptr<upload>(new pending(*this));
    }
    medseal::result<std::unique_ptr<reading>> open(std::string_view address) override {
        const auto there = objects_.find(std::string(address));
        if (there == objects_.end()) {
            return refuse<std::unique_ptr<reading>>(MEDSEAL_ERR_UNKNOWN_OBJECT);
        }
        return std::unique_ptr<reading>(new open_object(there->second));
    }

private:
    std::map<std::string, medseal::bytes> objects_;
};

// A store, ledger and replay cache that misbehave.
enum class fault { gives_nothing, fails_with_success, fails, throws };

class faulty_store final : public medseal::custom_store {
public:
    explicit faulty_store(fault fault) : fault_(fault) {}
    class pending final : public upload {
    public:
        medseal::result<void> write(medseal::bytes_view) override {
#if MEDSEAL_HAS_EXCEPTIONS
            throw std::runtime_error("ours");
#else
            return medseal::error(MEDSEAL_ERR_IO);
#endif
        }
        medseal::result<void> commit(std::string_view) override { return medseal::result<void>(); }
        // It uses the library while the exception from write() propagates.
        ~pending() override { CHECK(must(medseal::record_sealed_length(3)) > 3); }
    };
    medseal::result<std::unique_ptr<upload>> begin() override {
        switch (fault_) {
        case fault::gives_nothing: return std::unique_ptr<upload>();
        case fault::fails_with_success: return refuse<std::unique_ptr<upload>>(MEDSEAL_OK);
        case fault::fails: return refuse<std::unique_ptr<upload>>(MEDSEAL_ERR_IO);
        case fault::throws: break;
        }
        return std::unique_ptr<upload>(new pending);
    }
    medseal::result<std::unique_ptr<reading>> open(std::string_view) override {
        if (fault_ == fault::gives_nothing) {
            return std::unique_ptr<reading>();
        }
        return refuse<std::unique_ptr<reading>>(MEDSEAL_OK);
    }

private:
    fault fault_;
};

class careless_cache final : public medseal::custom_replay_cache {
public:
    medseal::result<void> remember(medseal::bytes_view, std::uint64_t, std::string_view, std::uint64_t) override {
        return refuse<void>(MEDSEAL_OK);
    }
};

// Who publishes and reads, and the terms of the ledger.
struct office {
    medseal::authority authority = must(must(medseal::authority::setup()).renew_keyword_key());
    medseal::public_parameters parameters = must(authority.public_parameters());
    medseal::keyword_key keyword_key = must(authority.keyword_key());
    medseal::member_keys member =
        must(authority.issue(must(medseal::attributes::parse("role=office, duty=doctor"))));
    medseal::abs_signing_key signing = must(member.signing());
    medseal::search_key search = must(member.search());
    medseal::abe_decryption_key decryption = must(member.decryption());
    medseal::policy claim = must(medseal::policy::parse("role=office"));
    medseal::policy access = must(medseal::policy::parse("duty=doctor"));
    medseal::keyword keyword = must(medseal::keyword::of("diagnosis:e11.9"));
    medseal::super_node super_node = must(medseal::super_node::generate());
    medseal::super_node_public_key public_key = must(super_node.public_key());
    medseal::charter charter = must(medseal::charter::first(super_node, {"clinics", claim, parameters}));
    medseal::charters charters = must(medseal::charters::of(charter, public_key));
    medseal::publication publication = {access, {keyword}, keyword_key, signing, 1'800'000'000'000};

    // A search that shows only what the access policy needs.
    medseal::result<medseal::found> find(const medseal::consortium &in,
                                         const medseal::progress_function &progress = {}) const {
        const auto shown = must(medseal::needed(must(search.attributes()), {access}));
        return in.find({keyword, search, shown}, progress);
    }
};

void a_ledger_and_a_store_in_cpp_carry_the_whole_flow() {
    office office;
    const auto &charters = office.charters;
    const auto &decryption = office.decryption;
    {
        const auto ledger =
            must(medseal::ledger::from(std::make_unique<vector_ledger>(must(office.charter.encode()))));
        const auto store = must(medseal::store::from(std::make_unique<map_store>()));
        CHECK(alive == 2);
        const medseal::consortium publishers(ledger, store, charters);
        const auto &with = office.publication;
        const auto published = must(publishers.publish_bytes(medseal::as_bytes("HbA1c 7.2 %"), with));
        const auto place = published.record.place;
        CHECK(alive == 2 && place.height == 1 && must(ledger.head()).size == 2);
        CHECK(status_of([&] { return publishers.open_bytes(place.id, decryption); }) == MEDSEAL_ERR_AFTER_TRUSTED_HEAD);
        const auto head = must(medseal::trusted_head::of(must(ledger.head()), 7, 8, 1));
        const medseal::consortium clinics(ledger, store, charters, head);

        const auto word = must(office.keyword.text()); // which is wiped
        static_assert(!std::is_same_v<decltype(word), const std::string>);
        CHECK(word.view() == "diagnosis:e11.9" && must(medseal::keyword::of(word)).get() != nullptr);
        const auto found = must(office.find(clinics));
        CHECK(must(found.count()).hits == 1 && must(found.hit(0)).height == 1);
        CHECK(status_of([&] { return found.hit(1); }) == MEDSEAL_ERR_OUT_OF_RANGE);
        CHECK(text(must(clinics.open_bytes(place.id, decryption))) == "HbA1c 7.2 %");
        CHECK(alive == 2);

        // A callback's refusal arrives unchanged.
        const auto entry = must(ledger.by_id(place.id));
        const auto again = must(ledger.append(must(entry.validate(charters))));
        CHECK(again.height == 1 && again.was_there);
        const auto proof = must(ledger.prove(place.id, 2));
        CHECK(status_of([&] { return entry.check(charters, proof, head); }) == MEDSEAL_OK);
        CHECK(status_of([&] { return ledger.at(2); }) == MEDSEAL_ERR_UNKNOWN_ENTRY);
        const auto first = must(ledger.at(0)), second = must(ledger.at(1));
        CHECK(first.charter.get() != nullptr && first.entry.get() == nullptr);
        CHECK(second.charter.get() == nullptr && second.entry.get() != nullptr);
        CHECK(status_of([&] { return medseal::trusted_head::of(must(ledger.head()), 7, 9, 1); }) ==
              MEDSEAL_ERR_STALE_HEAD);
        // The next charter requires more: entries made under the first are readable,
        // and no longer accepted.
        const auto more = must(medseal::policy::parse("role=office and year=2027"));
        const auto next = must(medseal::charter::next(office.super_node, charters, {"clinics", more, office.parameters}, must(ledger.head())));
        const auto both = must(charters.push(next));
        CHECK(must(next.fields()).number == 2 && must(must(both.at()).fields()).number == 2);
        CHECK(status_of([&] { return entry.validate(both); }) == MEDSEAL_ERR_ERA_PASSED);
        const medseal::consortium later(ledger, store, both, head);
        CHECK(text(must(later.open_bytes(place.id, decryption))) == "HbA1c 7.2 %");
        CHECK(must(medseal::charters::decode(must(both.encode()), office.public_key)).get() != nullptr);
        const auto empty = must(medseal::store::from(std::make_unique<map_store>()));
        const medseal::consortium elsewhere(ledger, empty, charters, head);
        CHECK(status_of([&] { return elsewhere.open_bytes(place.id, decryption); }) ==
              MEDSEAL_ERR_UNKNOWN_OBJECT);

        // The search reached the ledger's end, which at() refuses. That is not the
        // reason for its cancellation.
        const auto cancel = [](std::int32_t, std::uint64_t) { return false; };
        CHECK(status_of([&] { return office.find(clinics, cancel); }) == MEDSEAL_ERR_CANCELLED);

        // A callback that refuses with success, or returns nothing, fails; the
        // failure names the step.
        for (const fault fault : {fault::gives_nothing, fault::fails_with_success, fault::fails}) {
            const auto faulty = must(medseal::store::from(std::make_unique<faulty_store>(fault)));
            const medseal::consortium there(ledger, faulty, charters, head);
            const auto publish = [&] { return there.publish_bytes(medseal::as_bytes("HbA1c"), with); };
            const auto error = error_of(publish);
            CHECK(error.status() == MEDSEAL_ERR_IO && error.step() == MEDSEAL_STEP_STORE);
            CHECK(status_of([&] { return there.open_bytes(place.id, decryption); }) == MEDSEAL_ERR_IO);
        }
        // A store's exception arrives, whatever other callbacks run before.
        const auto faulty = must(medseal::store::from(std::make_unique<faulty_store>(fault::throws)));
        const medseal::consortium there(ledger, faulty, charters, head);
        const auto publish = [&] { return there.publish_bytes(medseal::as_bytes("HbA1c"), with); };
#if MEDSEAL_HAS_EXCEPTIONS
        try {
            publish();
            CHECK(false);
        } catch (const std::runtime_error &error) {
            CHECK(std::string(error.what()) == "ours");
        }
#else
        CHECK(status_of(publish) == MEDSEAL_ERR_IO);
#endif
        CHECK(must(ledger.head()).size == 2);
        CHECK(status_of([] { return medseal::ledger::from(nullptr); }) == MEDSEAL_ERR_NULL_POINTER);
        CHECK(status_of([] { return medseal::store::from(nullptr); }) == MEDSEAL_ERR_NULL_POINTER);
    }
    CHECK(alive == 0);
}

// A ledger that loses a given number of answers, and whose queries are answered elsewhere.
class forgetful_ledger final : public vector_ledger {
public:
    forgetful_ledger(medseal::bytes charter, int &lost, const medseal::ledger *&elsewhere,
                     const medseal::search_public_key &authority)
        : vector_ledger(std::move(charter)), lost_(lost), elsewhere_(elsewhere), authority_(authority) {}
    medseal::result<medseal::appended> append(medseal::bytes_view entry, const medseal_entry_id &id,
                                              std::uint32_t charter) override {
        auto appended = vector_ledger::append(entry, id, charter);
        if (lost_ > 0) {
            --lost_;
            return refuse<medseal::appended>(MEDSEAL_ERR_LEDGER_UNAVAILABLE);
        }
        return appended;
    }
    bool searches() const noexcept override { return elsewhere_ != nullptr; }
    medseal::result<medseal::bytes> search(medseal::bytes_view query, std::uint64_t from) override {
        const auto received = must(medseal::query::decode(query));
        return must(must(elsewhere_->search(received, authority_, from)).encode());
    }

private:
    int &lost_;
    const medseal::ledger *&elsewhere_;
    const medseal::search_public_key &authority_;
};

void what_is_interrupted_is_resumed_in_cpp() {
    const office office;
    const auto &charters = office.charters;
    const auto &with = office.publication;
    const auto indexing = must(office.parameters.search());
    const auto store = must(medseal::store::from(std::make_unique<map_store>()));
    int lost = 1;
    const medseal::ledger *elsewhere = nullptr;
    const auto begin = [&] {
        return must(medseal::ledger::from(std::make_unique<forgetful_ledger>(must(office.charter.encode()), lost,
                                                                             elsewhere, indexing)));
    };
    const auto ledger = begin();
    const medseal::consortium clinics(ledger, store, charters);
    const auto opens = [&](const medseal_published &published, const char *record) {
        const auto head = must(medseal::trusted_head::of(must(ledger.head()), 7, 8, 1));
        const medseal::consortium reader(ledger, store, charters, head);
        return text(must(reader.open_bytes(published.place.id, office.decryption))) == record;
    };

    // The answer is lost. The rest of the publication moves to another
    // process, and completes there.
    medseal::prepared resume(nullptr);
    const auto publish = [&] {
        return clinics.publish_bytes(medseal::as_bytes("HbA1c 7.2 %"), with, nullptr, &resume);
    };
    CHECK(status_of(publish) == MEDSEAL_ERR_LEDGER_UNAVAILABLE);
    CHECK(resume.get() != nullptr && must(ledger.head()).size == 2);
    const auto again = must(medseal::prepared::decode(must(resume.encode())));
    const auto published = must(clinics.finish(again));
    CHECK(published.record.is_new == 0 && published.record.place.height == 1 && must(ledger.head()).size == 2);
    CHECK(opens(published.record, "HbA1c 7.2 %"));
    CHECK(must(again.entry()).get() != nullptr && must(again.draft()).get() != nullptr);
    CHECK(status_of([&] { return again.database(); }) == MEDSEAL_ERR_ABSENT);

    // By stages, each of which is stored.
    medseal::secret_bytes kept;
    const auto keep = [&](medseal::bytes_view sealed) {
        kept.assign(sealed.begin(), sealed.end());
        return true;
    };
    std::istringstream record("HbA1c 6.8 %");
    const auto draft = must(medseal::draft::decode(must(must(medseal::draft::make()).encode())));
    const auto sealed = must(clinics.upload(draft, medseal::reading(record), keep));
    CHECK(must(sealed.encode()) == kept);
    const auto prepared = must(clinics.prepare(must(medseal::sealed::decode(kept)), with));
    const auto second = must(clinics.finish(prepared));
    CHECK(second.record.is_new == 1 && second.record.place.height == 2);
    CHECK(opens(second.record, "HbA1c 6.8 %"));

    // A query goes to the node with the entries, and the result comes back.
    elsewhere = &ledger;
    lost = 0;
    const auto far = begin();
    const medseal::consortium from_afar(far, store, charters);
    CHECK(must(must(office.find(from_afar)).count()).hits == 2);
    const auto trapdoor = must(office.search.trapdoor(office.keyword, must(office.search.attributes())));
    const auto query = must(medseal::query::of(trapdoor, indexing));
    const auto either = must(medseal::query::any({query}));
    const auto both = must(medseal::query::all({query, either}));
    CHECK(must(must(far.search(both, indexing, 2)).count()).hits == 1);
    const auto stranger = must(must(medseal::search_master_key::generate()).public_key());
    CHECK(status_of([&] { return far.search(query, stranger, 0); }) == MEDSEAL_ERR_OTHER_AUTHORITY);
    CHECK(status_of([&] { return query.prepare(stranger); }) == MEDSEAL_ERR_OTHER_AUTHORITY);
}

void a_handshake_gives_both_sides_a_session() {
    const std::uint64_t now = 1'800'000'000'000, hour = 3'600'000;
    auto super_node = must(medseal::super_node::generate());
    const auto trusted = must(super_node.public_key());
    const auto registration = must(medseal::registration_request::of("clinic.example", {}));
    auto identity_key = must(super_node.register_hospital(registration));
    const auto hospital = must(medseal::hospital::accept(registration, identity_key, trusted));
    const auto main_node = must(medseal::main_node::generate("main-node.example", medseal::role::main_node, trusted));
    const auto certificate = must(
        must(super_node.certify(must(main_node.certificate_request()), now, now + hour))
            .verify(trusted, medseal::role::main_node));
    const auto first = must(must(super_node.publish(now)).verify(trusted, 0));
    const auto registry = must(first.succeeded_by(must(super_node.publish(now))));
    const auto cache = must(medseal::replay_cache::in_memory(30'000, 100, 10, now - hour));

    // A cache that refuses with success remembers nothing.
    CHECK(status_of([] { return medseal::replay_cache::from(30'000, nullptr); }) == MEDSEAL_ERR_NULL_POINTER);
    const auto careless = must(medseal::replay_cache::from(30'000, std::make_unique<careless_cache>()));
    auto started = must(hospital.start(certificate, registry, now));
    CHECK(status_of([&] { return main_node.accept(started.request, registry, careless, now); }) == MEDSEAL_ERR_IO);
    auto accepted = must(main_node.accept(started.request, registry, cache, now));
    CHECK(must(accepted.hospital()) == "clinic.example");
    const auto location = medseal::as_bytes("objects/1");
    auto replied = must(accepted.reply(must(medseal::disclosure::of(location, {{1}}, {{2}}))));
    auto finished = must(started.awaiting.finish(replied.reply));
    CHECK(must(finished.session.peer()) == "main-node.example");
    const auto disclosed = must(finished.disclosure.read());
    static_assert(std::is_same_v<decltype(disclosed.location), medseal::secret_bytes>);
    CHECK(disclosed.location.size() == location.size() && disclosed.database.bytes[0] == 1);
    auto session = must(replied.awaiting.confirm(finished.confirmation));
    const medseal::secret_bytes exported = must(session.export_secret(medseal::as_bytes("backup")));
    CHECK(exported.size() == 32 && exported == must(finished.session.export_secret(medseal::as_bytes("backup"))));
    CHECK(exported != must(session.export_secret(medseal::as_bytes("another"))));
    const medseal_session_id id = must(session.id()), same_id = must(finished.session.id());
    CHECK(std::equal(std::begin(id.bytes), std::end(id.bytes), same_id.bytes));
    const auto question = must(finished.session.seal(medseal::as_bytes("where?"), {}, 0));
    CHECK(text(must(session.open(question, {}))) == "where?");
    CHECK(status_of([&] { return main_node.accept(started.request, registry, cache, now); }) ==
          MEDSEAL_ERR_REQUEST_REPLAYED);
}

void a_policy_decides_who_opens_a_record_and_a_shared_key() {
    const auto master = must(medseal::abe_master_key::generate());
    const auto everybody = must(master.public_key());
    const auto doctor = must(master.issue(must(medseal::attributes::parse("role=doctor"))));
    const auto visitor = must(master.issue(must(medseal::attributes::parse("role=visitor"))));
    const auto policy = must(medseal::policy::parse("role=doctor"));
    const auto sent = must(medseal::seal_and_wrap(everybody, policy, medseal::as_bytes("HbA1c 7.2 %")));
    CHECK(text(must(medseal::unwrap_and_open(doctor, sent.wrapped, sent.sealed))) == "HbA1c 7.2 %");
    CHECK(status_of([&] { return medseal::unwrap_and_open(visitor, sent.wrapped, sent.sealed); }) ==
          MEDSEAL_ERR_POLICY_NOT_SATISFIED);

    // A shared key has an owner who wipes it.
    medseal::secret_bytes shared;
    const auto encapsulation = must(everybody.encapsulate(policy, shared));
    static_assert(std::is_same_v<decltype(must(doctor.decapsulate(encapsulation))), medseal::secret_bytes>);
    CHECK(shared.size() == 32 && must(doctor.decapsulate(encapsulation)) == shared);
    CHECK(status_of([&] { return visitor.decapsulate(encapsulation); }) == MEDSEAL_ERR_POLICY_NOT_SATISFIED);
}

} // namespace

int main() {
    handles_move_and_views_take_what_holds_bytes();
    attributes_and_policies_are_made_of_values();
    errors_tell_what_the_library_tells();
    streams_work_and_cancel();
#if MEDSEAL_HAS_EXCEPTIONS
    what_a_callback_throws_arrives_at_the_caller();
#endif
    a_ledger_and_a_store_in_cpp_carry_the_whole_flow();
    what_is_interrupted_is_resumed_in_cpp();
    a_handshake_gives_both_sides_a_session();
    a_policy_decides_who_opens_a_record_and_a_shared_key();
    std::puts(MEDSEAL_HAS_EXCEPTIONS ? "with exceptions: all right" : "without exceptions: all right");
    return 0;
}
