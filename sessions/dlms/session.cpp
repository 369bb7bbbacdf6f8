#include "sessions/dlms/session.hpp"

#include "sessions/dlms/association_options.hpp"
#include "sessions/dlms/calendar.hpp"
#include "sessions/dlms/caller.hpp"
#include "sessions/dlms/discovery.hpp"
#include "sessions/dlms/general_block_link.hpp"
#include "sessions/dlms/identify.hpp"
#include "sessions/dlms/profile.hpp"
#include "sessions/dlms/public_client.hpp"
#include "sessions/dlms/self_description.hpp"
#include "sessions/dlms/writer.hpp"

namespace meterctl::sessions::dlms {

namespace {

/// An association, and what is done in it.
struct Talk {
    Association association;
    Services services;
    Reader reader;
    Writer writer;
    Caller caller;

    Talk(ApduLink& link, AssociationOptions how, const SessionOptions& options, std::vector<std::string> names)
        : association(link, std::move(how)), services(association), reader(association, services, options.meter),
          writer(association, services, reader, options),
          caller(association, services, reader, options, std::move(names)) {}

    /// Plain APDUs.
    [[nodiscard]] Result<std::vector<PlannedFrame>> plan(const catalogue::Point& point, const Value& value) const {
        if (!point.method) { return writer.plan(point, value); }
        auto call = caller.plan(point, value);
        if (!call) { return tl::unexpected(call.error()); }
        return std::vector<PlannedFrame>{{std::move(call->apdu), std::move(call->summary)}};
    }
};

/// A meter that goes silent in the middle of a profile is asked for what follows, so many times without a new record.
constexpr unsigned most_resumptions = 3;

bool may_go_on(const Error& error) {
    return error.category == Category::timeout || error.category == Category::endpoint ||
           error.category == Category::untrusted;
}

class DlmsSession final : public Session {
public:
    DlmsSession(std::unique_ptr<ApduLink> link, SessionOptions options)
        : options_(std::move(options)), link_(std::move(link)) {}

    Task<Result<Identity>> identify(std::span<const catalogue::Definition* const> candidates) override {
        std::vector<const catalogue::Definition*> list(candidates.begin(), candidates.end());
        auto opened = co_await open();
        if (!opened) { co_return tl::unexpected(opened.error()); }
        auto identity = co_await sessions::dlms::identify(talk_->reader, *link_, std::move(list));
        co_await talk_->association.release();
        co_return identity;
    }

    Task<Result<ReadOutcome>> read(std::span<const catalogue::Point> points) override {
        std::vector<catalogue::Point> list(points.begin(), points.end());
        auto opened = co_await open();
        if (!opened) { co_return tl::unexpected(opened.error()); }
        auto outcome = co_await read_associated(std::move(list));
        co_await talk_->association.release();
        co_return outcome;
    }

    Result<std::vector<PlannedFrame>> plan_write(const catalogue::Point& point, const Value& value) override {
        if (auto begun = begin_offline(); !begun) { return tl::unexpected(begun.error()); }
        return talk_->plan(point, value).map([this](std::vector<PlannedFrame>&& requests) {
            return framed(std::move(requests));
        });
    }

    Result<std::vector<std::vector<PlannedFrame>>> plan_all(std::span<const PointValue> writes) override {
        if (auto begun = begin_offline(); !begun) { return tl::unexpected(begun.error()); }
        auto plans = talk_->writer.plan_all(writes);
        if (!plans) { return plans; }
        for (auto& requests : *plans) { requests = framed(std::move(requests)); }
        return plans;
    }

    Task<Result<WriteOutcome>> write(const catalogue::Point& point, const Value& value) override {
        auto opened = co_await open();
        if (!opened) { co_return tl::unexpected(opened.error()); }
        auto outcome = co_await talk_->writer.write(point, value);
        co_await talk_->association.release();
        co_return outcome;
    }

    Task<std::vector<Result<WriteOutcome>>> write_all(std::span<const PointValue> writes) override {
        std::vector<PointValue> list(writes.begin(), writes.end());
        auto opened = co_await open();
        if (!opened) {
            std::vector<Result<WriteOutcome>> outcomes;
            outcomes.reserve(list.size());
            for (std::size_t at = 0; at < list.size(); ++at) {
                outcomes.emplace_back(tl::unexpected(at == 0 ? opened.error() : not_written()));
            }
            co_return outcomes;
        }
        auto outcomes = co_await talk_->writer.write_all(std::move(list));
        co_await talk_->association.release();
        co_return outcomes;
    }

    Task<Result<Value>> invoke(std::string_view method, const Value& argument) override {
        const std::string address(method);
        auto opened = co_await open();
        if (!opened) { co_return tl::unexpected(opened.error()); }
        auto result = co_await talk_->caller.invoke(address, argument);
        co_await talk_->association.release();
        co_return result;
    }

    Task<Result<CallOutcome>> call(const catalogue::Point& method, const Value& argument) override {
        auto opened = co_await open();
        if (!opened) { co_return tl::unexpected(opened.error()); }
        auto outcome = co_await talk_->caller.call(method, argument);
        co_await talk_->association.release();
        co_return outcome;
    }

    Task<Result<Outlook>> look(const catalogue::Point& point, const Value& value) override {
        if (!point.method) { co_return Outlook(); }
        auto opened = co_await open();
        if (!opened) { co_return tl::unexpected(opened.error()); }
        auto outlook = co_await talk_->caller.look(point, value);
        co_await talk_->association.release();
        co_return outlook;
    }

    Task<Result<std::vector<catalogue::Profile>>> profiles() override {
        if (options_.meter != nullptr && !options_.meter->profiles.empty()) { co_return options_.meter->profiles; }
        auto opened = co_await open();
        if (!opened) { co_return tl::unexpected(opened.error()); }
        auto objects = co_await talk_->reader.objects();
        co_await talk_->association.release();
        if (!objects) { co_return tl::unexpected(objects.error()); }
        co_return profiles_of(*objects);
    }

    Task<Result<void>> profile(const catalogue::Profile& profile, const ProfileSelection& selection,
                               const ProfileSink& sink) override {
        auto opened = co_await open();
        if (!opened) { co_return opened; }
        ProfileFetch fetch(talk_->association, talk_->services, talk_->reader, options_.meter, profile, selection,
                           sink);
        auto done = co_await fetch_all(fetch);
        co_await talk_->association.release();
        co_return done;
    }

    Task<Result<catalogue::Definition>> describe() override {
        auto opened = co_await open();
        if (!opened) { co_return tl::unexpected(opened.error()); }
        SelfDescription description(talk_->association, talk_->services, talk_->reader, options_.meter);
        auto made = co_await description.describe();
        co_await talk_->association.release();
        co_return made;
    }

    [[nodiscard]] const Statistics& statistics() const override { return link_->statistics(); }

private:
    void begin(AssociationOptions how, std::vector<std::string> names) {
        how.saps.server = link_->saps().server;
        link_->speak_as(how.saps);
        talk_ = std::make_unique<Talk>(*link_, std::move(how), options_, std::move(names));
    }

    /// With the keys that need no asking.
    Result<void> begin_offline() {
        if (talk_) { return {}; }
        auto options = association_options(options_);
        if (!options) { return tl::unexpected(options.error()); }
        begin(std::move(*options), {});
        return {};
    }

    /// The frames that carry plain APDUs.
    [[nodiscard]] std::vector<PlannedFrame> framed(std::vector<PlannedFrame> requests) const {
        std::vector<PlannedFrame> frames;
        for (PlannedFrame& request : requests) {
            if (talk_->association.options().ciphered) { request.summary += ", shown before it is ciphered"; }
            for (Bytes& octets : link_->frames_of(request.octets)) {
                frames.push_back({std::move(octets), request.summary});
            }
        }
        return frames;
    }

    /// Which keys are the meter's may take asking it who it is.
    Task<Result<void>> open() {
        if (!talk_) {
            auto names = co_await names_for_keys(*link_, options_.keys.get());
            if (!names) { co_return tl::unexpected(names.error()); }
            auto options = association_options(options_, *names);
            if (!options) { co_return tl::unexpected(options.error()); }
            begin(std::move(*options), std::move(*names));
        }
        auto opened = co_await talk_->association.open();
        co_return opened;
    }

    Task<Result<ReadOutcome>> read_associated(std::vector<catalogue::Point> points) {
        if (points.empty()) {
            auto all = co_await talk_->reader.read_all();
            co_return all;
        }
        auto outcome = co_await read_points(talk_->reader, std::move(points));
        co_return outcome;
    }

    /// A connection that breaks is made anew, and goes on behind the last record.
    Task<Result<void>> fetch_all(ProfileFetch& fetch) {
        auto described = co_await fetch.describe();
        if (!described) { co_return described; }
        for (unsigned stuck = 0;;) {
            const auto before = fetch.given();
            auto done = co_await fetch.records();
            if (done || !may_go_on(done.error())) { co_return done; }
            stuck = fetch.given() == before ? stuck + 1 : 0;
            if (fetch.given() == 0 || stuck >= most_resumptions) { co_return done; }
            if (options_.notice) { options_.notice("going on behind the last record: " + done.error().what); }
            co_await talk_->association.release();
            auto opened = co_await talk_->association.open();
            if (!opened) { co_return opened; }
        }
    }

    SessionOptions options_;
    std::unique_ptr<ApduLink> link_;
    std::unique_ptr<Talk> talk_;
};

} // namespace

bool looks_first(const catalogue::Point& point) {
    const auto address = codecs::dlms::parse_point_address(point.address);
    return point.method && address && tells_before(*address);
}

Result<std::unique_ptr<Session>> open_session(transports::Transport& transport, SessionOptions options) {
    auto link = link_options(options, transport);
    if (!link) { return tl::unexpected(link.error()); }
    if (const auto fits = association_options(options); !fits) { return tl::unexpected(fits.error()); }
    auto blocks = join_general_blocks(make_link(transport, std::move(*link)));
    return std::make_unique<DlmsSession>(std::move(blocks), std::move(options));
}

} // namespace meterctl::sessions::dlms
