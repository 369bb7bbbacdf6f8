// The xDLMS services of a virtual meter for one association: GET, SET and ACTION, whole, in lists and in blocks. A
// request's APDU in, the answer's out; what protects them is not its matter. IEC 62056-5-3, clauses 7.3 and 9.4.
#pragma once

#include "codecs/dlms/apdu.hpp"
#include "simulators/dlms_object.hpp"

namespace meterctl::simulators {

class DlmsServices {
public:
    /// `max_pdu`: the longest APDU that the client takes, protection aside; 0: no limit.
    DlmsServices(DlmsModel& model, std::size_t party, codecs::dlms::Conformance conformance, std::size_t max_pdu)
        : model_(model), party_(party), conformance_(conformance), max_pdu_(max_pdu) {}

    /// nullopt where the request wants no answer.
    std::optional<Bytes> answer(ByteView apdu);

private:
    using Feature = codecs::dlms::Feature;

    codecs::dlms::Apdu serve(const codecs::dlms::GetRequest& request);
    codecs::dlms::Apdu serve(const codecs::dlms::SetRequest& request);
    codecs::dlms::Apdu serve(const codecs::dlms::ActionRequest& request);
    codecs::dlms::Apdu get(const codecs::dlms::GetRequestNormal& request);
    codecs::dlms::Apdu get(const codecs::dlms::GetRequestNext& request);
    codecs::dlms::Apdu get(const codecs::dlms::GetRequestWithList& request);
    codecs::dlms::Apdu set(const codecs::dlms::SetRequestNormal& request);
    codecs::dlms::Apdu set(const codecs::dlms::SetRequestFirstBlock& request);
    codecs::dlms::Apdu set(const codecs::dlms::SetRequestBlock& request);
    codecs::dlms::Apdu set(const codecs::dlms::SetRequestWithList& request);
    codecs::dlms::Apdu set(const codecs::dlms::SetRequestWithListFirstBlock& request);
    codecs::dlms::Apdu act(const codecs::dlms::ActionRequestNormal& request);
    codecs::dlms::Apdu act(const codecs::dlms::ActionRequestNext& request);
    codecs::dlms::Apdu act(const codecs::dlms::ActionRequestWithList& request);
    codecs::dlms::Apdu act(const codecs::dlms::ActionRequestFirstBlock& request);
    codecs::dlms::Apdu act(const codecs::dlms::ActionRequestWithListFirstBlock& request);
    codecs::dlms::Apdu act(const codecs::dlms::ActionRequestBlock& request);

    [[nodiscard]] bool allowed(const codecs::dlms::AttributeDescriptor& attribute) const;
    [[nodiscard]] codecs::dlms::AccessResult write(const codecs::dlms::AttributeDescriptor& attribute,
                                                   const codecs::dlms::Data& value);
    [[nodiscard]] codecs::dlms::ActionResult invoke(const codecs::dlms::MethodDescriptor& method,
                                                    const std::optional<codecs::dlms::Data>& parameter);
    [[nodiscard]] std::size_t room(std::size_t head) const;
    codecs::dlms::Apdu first_block(codecs::dlms::Invoke invoke, Bytes whole);
    codecs::dlms::Apdu next_block(codecs::dlms::Invoke invoke);
    codecs::dlms::Apdu take_set_block(codecs::dlms::Invoke invoke, const codecs::dlms::Block& block);
    codecs::dlms::Apdu finish_set(codecs::dlms::Invoke invoke, std::uint32_t number);

    DlmsModel& model_;
    std::size_t party_;
    codecs::dlms::Conformance conformance_;
    std::size_t max_pdu_;

    struct Outgoing {
        Bytes whole;
        std::size_t sent = 0;
        std::uint32_t block = 0; ///< the number sent last
    };
    struct Incoming {
        std::vector<codecs::dlms::AttributeDescriptor> attributes;
        std::optional<codecs::dlms::MethodDescriptor> method;
        bool list = false;
        Bytes raw;
        std::uint32_t block = 0; ///< the number received last
    };
    std::optional<Outgoing> outgoing_; ///< of a get, or of what an action returned
    std::optional<Incoming> incoming_;
};

} // namespace meterctl::simulators
