// What a listener knows of a client and a server that exchange APDUs: what was asked, blocks of messages that are not
// whole, system titles. It turns APDUs into what people see, whatever carried them.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/dlms/apdu_fields.hpp"
#include "codecs/dlms/base_names.hpp"
#include "codecs/dlms/blocks.hpp"
#include "codecs/dlms/decipherer.hpp"
#include "codecs/dlms/readings.hpp"

#include <array>
#include <map>

namespace meterctl::codecs::dlms {

/// Who speaks, as far as the link tells.
struct Parties {
    Direction direction = Direction::unknown;
    std::uint16_t client = 0; ///< SAPs; 0 where the link does not tell
    std::uint16_t server = 0;
    std::uint16_t physical = 0; ///< HDLC: which device on the line
};

class Conversation {
public:
    explicit Conversation(const DecodeOptions& options);

    /// Adds what an APDU says to the frame that brought it: a summary behind what is there, fields, readings, an error.
    /// Its first octet stands at `base` of the frame.
    void explain(DecodedFrame& frame, ByteView apdu, std::size_t base, const Parties& parties);

private:
    /// What an APDU says. Errors take the readings away.
    struct Said {
        std::vector<Field> fields;
        std::string summary;
        std::vector<Reading> readings;
        std::optional<Error> error;
        Direction direction = Direction::unknown;
    };
    /// Messages of one side that come in blocks.
    struct Lane {
        GeneralBlockReceiver general{0};
        bool general_lost = false; ///< of the transfer at hand; until the next begins
        BlockAssembler blocks;
        bool blocks_lost = false;
    };

    Said say(ByteView apdu, std::size_t base, Direction direction, unsigned depth);
    Said say_ciphered(ByteView apdu, std::size_t base, Direction direction, unsigned depth);
    Said say_acse(ByteView apdu, std::size_t base, Direction direction, unsigned depth);
    Said say_plain(ByteView apdu, std::size_t base, Direction direction, unsigned depth);
    void decipher(Said& said, const CipheredHead& head, ByteView apdu, std::size_t base, Direction direction,
                  unsigned depth);
    void learn_from(ByteView acse);
    void follow(Said& said, const Apdu& apdu, Direction direction, unsigned depth);
    void follow_general(Said& said, const GeneralBlock& block, Direction direction, unsigned depth);
    void follow_request(const GetRequest& request);
    void follow_response(Said& said, const GetResponse& response, Direction direction);
    void follow_read(const ReadRequest& request);
    void follow_read_answer(Said& said, const ReadResponse& response);
    void follow_report(Said& said, const InformationReport& report);
    bool add_variable(Said& said, const VariableAccess& variable, const Data& value);
    void follow_set(Said& said, const SetRequest& request, Direction direction);
    void add_joined(Said& said, Lane& lane, const Block& block, bool list, std::vector<AttributeDescriptor> attributes);
    void take_push_list(const Data& value);
    void add_readings(Said& said, const std::vector<AttributeDescriptor>& attributes,
                      const std::vector<GetResult>& results);
    bool take_scaler(const AttributeDescriptor& attribute, const Data& value);
    [[nodiscard]] std::optional<ScalerUnit> scaler_of(const AttributeDescriptor& attribute) const;
    void add_reading(Said& said, const AttributeDescriptor& attribute, const Data& value);
    Lane& lane(Direction direction) { return lanes_.at(static_cast<std::size_t>(direction)); }

    DecodeOptions options_;
    PointIndex points_;
    Decipherer decipherer_;
    std::string server_, link_; ///< the addresses of the APDU at hand: the meter's, and both
    std::array<Lane, 3> lanes_;
    std::array<std::vector<AttributeDescriptor>, 16> asked_; ///< by invoke id
    std::vector<VariableAccess> asked_variables_;            ///< by short names, which have no invoke id
    BlockAssembler short_blocks_;
    std::map<std::string, ShortNames> short_names_;      ///< by meter
    std::map<std::string, ScalerUnit> scalers_;          ///< by meter, class and logical name
    std::vector<std::vector<CaptureObject>> push_lists_; ///< that were read
};

/// "get-request", by the tag; empty where no APDU begins so.
std::string_view apdu_name(std::uint8_t tag);

} // namespace meterctl::codecs::dlms
