#include "sessions/session.hpp"

namespace meterctl::sessions {

Task<Result<std::vector<catalogue::Profile>>> Session::profiles() {
    co_return std::vector<catalogue::Profile>();
}

Task<Result<void>> Session::profile(const catalogue::Profile& profile, const ProfileSelection& /*selection*/,
                                    const ProfileSink& /*sink*/) {
    co_return fail(Category::usage, "this protocol has no profiles", profile.name, {}, "usage.no_profiles");
}

} // namespace meterctl::sessions
