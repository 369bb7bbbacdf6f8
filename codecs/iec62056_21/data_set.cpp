#include "codecs/iec62056_21/data_set.hpp"

#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace meterctl::codecs::iec62056_21 {
namespace {

constexpr std::size_t longest_id = 32; ///< the standard has 16; makers send more

bool ends_line(char one) {
    return one == '\r' || one == '\n';
}

/// Characters an id is made of: letters, digits and the separators of OBIS codes.
bool of_id(char one) {
    const bool digit = one >= '0' && one <= '9';
    const bool letter = (one >= 'A' && one <= 'Z') || (one >= 'a' && one <= 'z');
    return digit || letter || std::string_view(".:-*&_#+ ").find(one) != std::string_view::npos;
}

bool is_id(std::string_view text) {
    return text.size() <= longest_id && std::ranges::all_of(text, of_id) && trim(text).size() == text.size();
}

/// A value may hold anything but brackets and line ends; what stands behind its first '*' is the unit.
Group group_of(std::string_view inside, std::size_t offset) {
    const auto star = inside.find('*');
    Group group{std::string(inside.substr(0, star)), {}, star != std::string_view::npos, offset, inside.size() + 2};
    if (group.has_unit) { group.unit = inside.substr(star + 1); }
    return group;
}

class Parser {
public:
    explicit Parser(std::string_view block) : block_(block) {}

    DataBlock run() {
        while (at_ < block_.size()) { step(); }
        end_other();
        return std::move(found_);
    }

private:
    void step() {
        if (ends_line(block_[at_])) {
            end_other();
            other_ = ++at_;
            return;
        }
        if (block_[at_] == '!' && ends_here(at_ + 1)) {
            end_other();
            found_.end_mark = true;
            other_ = ++at_;
            return;
        }
        if (block_[at_] == '(' && take_set()) { return; }
        ++at_;
    }

    [[nodiscard]] bool ends_here(std::size_t at) const { return at >= block_.size() || ends_line(block_[at]); }

    /// The text from `other_` to here is the id of the groups that begin here.
    bool take_set() {
        while (other_ < at_ && block_[other_] == ' ') { ++other_; }
        const auto id = block_.substr(other_, at_ - other_);
        if (!is_id(id)) { return false; }
        DataSet set{std::string(id), {}, other_, 0};
        auto at = at_;
        while (at < block_.size() && block_[at] == '(') {
            const auto close = block_.find_first_of("()\r\n", at + 1);
            if (close == std::string_view::npos || block_[close] != ')') { break; }
            set.groups.push_back(group_of(block_.substr(at + 1, close - at - 1), at));
            at = close + 1;
        }
        if (set.groups.empty()) { return false; }
        set.length = at - set.offset;
        found_.sets.push_back(std::move(set));
        at_ = other_ = at;
        return true;
    }

    void end_other() {
        const auto text = block_.substr(other_, at_ - other_);
        if (!trim(text).empty()) { found_.others.push_back({std::string(text), other_}); }
        other_ = at_;
    }

    std::string_view block_;
    std::size_t at_ = 0;
    std::size_t other_ = 0; ///< where what is no data set yet begins
    DataBlock found_;
};

struct Letter {
    std::string_view text;
    std::uint8_t value;
};

constexpr std::array letters{Letter{"C", 96}, Letter{"F", 97}, Letter{"L", 98}, Letter{"P", 99}};

std::optional<std::uint8_t> part_of(std::string_view text) {
    const auto* const letter = std::ranges::find(letters, text, &Letter::text);
    if (letter != letters.end()) { return letter->value; }
    unsigned value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size() || value > 255) { return std::nullopt; }
    return static_cast<std::uint8_t>(value);
}

/// "A-B:" before the stem, where there is one.
bool take_medium(std::string_view& stem, Obis& obis) {
    const auto colon = stem.find(':');
    if (colon == std::string_view::npos) { return true; }
    const auto parts = split(stem.substr(0, colon), '-');
    const auto a = part_of(parts[0]);
    const auto b = parts.size() == 2 ? part_of(parts[1]) : std::nullopt;
    if (!a || !b) { return false; }
    obis.a = *a;
    obis.b = *b;
    stem.remove_prefix(colon + 1);
    return true;
}

/// C.D[.E[.F]]. In reduced ids C, F and L are of the device itself (A = 0); profiles are of its electricity.
std::optional<Obis> obis_of_stem(std::string_view stem) {
    Obis obis;
    const bool reduced = stem.find(':') == std::string_view::npos;
    if (!take_medium(stem, obis)) { return std::nullopt; }
    const auto parts = split(stem, '.');
    if (parts.size() < 2 || parts.size() > 4) { return std::nullopt; }
    const std::array<std::uint8_t*, 4> fields{&obis.c, &obis.d, &obis.e, &obis.f};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto value = part_of(parts[i]);
        if (!value) { return std::nullopt; }
        *fields.at(i) = *value;
    }
    if (reduced && obis.c >= 96 && obis.c <= 98) { obis.a = 0; }
    return obis;
}

/// Digits behind '*' or '&'; empty where they say 255, the present values.
bool take_period(std::string_view id, DataId& out) {
    const auto mark = id.find_first_of("*&");
    out.stem = id.substr(0, mark);
    if (mark == std::string_view::npos) { return true; }
    const auto digits = id.substr(mark + 1);
    if (digits == "255") { return true; }
    out.period = digits;
    out.manual_reset = id[mark] == '&';
    return !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
}

} // namespace

DataBlock parse_block(std::string_view block) {
    return Parser(block).run();
}

std::string to_text(const DataSet& set) {
    std::string text = set.id;
    for (const Group& group : set.groups) {
        text += "(" + group.value + (group.has_unit ? "*" + group.unit : "") + ")";
    }
    return text;
}

DataId parse_id(std::string_view id) {
    DataId out;
    if (!take_period(id, out)) { return out; }
    out.obis = obis_of_stem(out.stem);
    const auto period = out.period.empty() ? std::nullopt : part_of(out.period);
    if (out.obis && !out.period.empty()) {
        if (!period) { return out; }
        out.obis->f = *period;
    }
    return out;
}

bool same_id(std::string_view a, std::string_view b) {
    if (a == b) { return true; }
    const auto left = parse_id(a), right = parse_id(b);
    const bool both = left.obis && right.obis;
    return both && *left.obis == *right.obis && left.manual_reset == right.manual_reset &&
           left.period.empty() == right.period.empty();
}

} // namespace meterctl::codecs::iec62056_21
