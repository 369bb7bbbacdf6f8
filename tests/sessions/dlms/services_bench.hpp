// An association over a link that answers as a script says, for what tests ask of it.
#pragma once

#include "codecs/dlms/apdu.hpp"
#include "sessions/dlms/services.hpp"
#include "src/core/hex.hpp"
#include "tests/sessions/scripted.hpp"

#include <doctest/doctest.h>
#include <memory>
#include <string>
#include <vector>

namespace dlms_bench {

using namespace meterctl;
using namespace meterctl::sessions::dlms;
namespace codec = meterctl::codecs::dlms;

inline Bytes octets(const std::string& hex) {
    const auto read = from_hex(hex);
    REQUIRE_MESSAGE(read.has_value(), hex);
    return *read;
}

struct Exchange {
    std::string request;
    std::vector<std::string> answers; ///< the first to the request, the others to next(); none: silence
};

using Script = std::vector<Exchange>;

/// Answers as its script says, and opens and closes associations by itself.
class ScriptLink final : public ApduLink {
public:
    ScriptLink(transports::Transport& transport, Script script, std::string aare)
        : transport_(transport), script_(std::move(script)), aare_(std::move(aare)) {}

    Task<Result<void>> open() override { co_return Result<void>{}; }
    Task<Result<Bytes>> request(Bytes apdu) override {
        if (apdu.front() == codec::apdu_tag::aarq) { co_return octets(aare_); }
        if (apdu.front() == codec::apdu_tag::rlrq) { co_return octets("6303800100"); }
        REQUIRE(at_ < script_.size());
        const auto& exchange = script_[at_++];
        CHECK(to_hex(apdu, "") == to_hex(octets(exchange.request), ""));
        waiting_.assign(exchange.answers.begin(), exchange.answers.end());
        co_return take();
    }
    Task<Result<Bytes>> next() override { co_return take(); }
    Task<Result<void>> send(Bytes /*apdu*/) override { co_return Result<void>{}; }
    std::vector<Bytes> take_notifications() override { return {}; }
    Task<void> close() override { co_return; }
    void speak_as(Saps saps) override { saps_ = saps; }
    [[nodiscard]] Saps saps() const override { return saps_; }
    [[nodiscard]] bool is_open() const override { return true; }
    [[nodiscard]] transports::Transport& transport() override { return transport_; }
    [[nodiscard]] sessions::Statistics& statistics() override { return statistics_; }
    [[nodiscard]] std::string address() const override { return "1"; }
    [[nodiscard]] std::string where() const override { return "client 16, server 1"; }
    [[nodiscard]] std::vector<Bytes> frames_of(ByteView apdu) const override {
        return {Bytes(apdu.begin(), apdu.end())};
    }
    [[nodiscard]] bool finished() const { return at_ == script_.size(); }

private:
    Result<Bytes> take() {
        if (waiting_.empty()) { return fail(Category::timeout, "no answer"); }
        auto first = octets(waiting_.front());
        waiting_.erase(waiting_.begin());
        return first;
    }

    transports::Transport& transport_;
    Script script_;
    std::string aare_;
    std::vector<std::string> waiting_;
    std::size_t at_ = 0;
    Saps saps_;
    sessions::Statistics statistics_;
};

/// An answer to the AARQ that grants all of LN, and APDUs of 1024 octets.
inline const std::string grants_all =
    "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000FE1F04000007";
/// The same without lists, and APDUs of 64 octets.
inline const std::string grants_little =
    "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400001C1D00400007";
inline const std::string grants_short_names =
    "6129A109060760857405080102A203020100A305A103020100BE10040E0800065F1F04001C00200400FA00";

struct Bench {
    explicit Bench(Script exchanges, const std::string& aare = grants_all, bool short_names = false)
        : link(script, std::move(exchanges), aare) {
        AssociationOptions options;
        options.short_names = short_names;
        association = std::make_unique<Association>(link, options);
        const auto opened = run(association->open());
        REQUIRE_MESSAGE(opened.has_value(), describe(opened.error()));
        services = std::make_unique<Services>(*association);
    }
    template <class T>
    T run(Task<T> task) {
        return transports::run(script.loop(), std::move(task));
    }

    tests::Scripted script{{}};
    ScriptLink link;
    std::unique_ptr<Association> association;
    std::unique_ptr<Services> services;
};

inline const AttributeDescriptor energy{3, Obis{1, 0, 1, 8, 0, 255}, 2, std::nullopt};
inline const AttributeDescriptor energy_scaler{3, Obis{1, 0, 1, 8, 0, 255}, 3, std::nullopt};
inline const AttributeDescriptor buffer{7, Obis{1, 0, 99, 1, 0, 255}, 2, std::nullopt};
inline const MethodDescriptor disconnect{70, Obis{0, 0, 96, 3, 10, 255}, 1};
inline const std::string ask_energy = "C001C1 0003 0100010800FF 02 00";

template <class T>
std::string code_of(const Result<T>& result) {
    return result ? "" : result.error().code;
}

} // namespace dlms_bench
