// The firmware of a virtual meter, and how it is replaced.
#include "simulators/dlms_meter.hpp"

namespace meterctl::simulators {

namespace dlms = codecs::dlms;
using dlms::Data;

namespace {

constexpr std::uint16_t data_class = 1, image_class = 18;
const Obis image_name{0, 0, 44, 0, 0, 255}, version_name{1, 0, 0, 2, 0, 255};

DlmsAnswer<DlmsMethod::Returned> returned(const DlmsAnswer<void>& result) {
    return result.map([] { return DlmsMethod::Returned(); });
}

} // namespace

void DlmsMeter::add_image() {
    auto* const image = model_.find(image_class, image_name);
    if (image == nullptr) { return; }
    const auto misbehaviour = options_.extras.find("misbehave");
    if (misbehaviour != options_.extras.end() && misbehaviour->second == "verify_when_asked") {
        image_.judge_when_asked();
    }
    image->hold(2, Data::double_long_unsigned(DlmsImage::block_size));
    image->make(3, [this] { return image_.blocks(); });
    image->make(4, [this] { return Data::double_long_unsigned(image_.first_missing()); });
    image->make(5, [this] { return Data::boolean(image_.enabled()); }).set =
        [this](const Data& value) -> DlmsAnswer<void> {
        const auto* const enabled = std::get_if<bool>(&value.content);
        if (enabled == nullptr) { return tl::unexpected(DlmsRefusal::type_unmatched); }
        image_.enable(*enabled);
        return {};
    };
    image->make(6, [this] { return Data::enumerated(static_cast<std::uint8_t>(image_.status())); });
    image->make(7, [this] { return image_.to_activate(); });
    image->methods[1].act = [this](const Data& data) { return returned(image_.initiate(data)); };
    image->methods[2].act = [this](const Data& data) { return returned(image_.take_block(data)); };
    image->methods[3].act = [this](const Data&) { return returned(image_.verify(reached_)); };
    image->methods[4].act = [this](const Data&) { return returned(image_.activate(reached_)); };
}

void DlmsMeter::advance_image(TimePoint now) {
    if (!image_.advance(now)) { return; }
    const std::string& name = image_.identifier();
    if (auto* const version = model_.find(data_class, version_name)) {
        version->put(2, Data::octet_string(ByteView(reinterpret_cast<const std::uint8_t*>(name.data()), name.size())));
    }
    log("application_firmware_upgrade_successful");
}

} // namespace meterctl::simulators
