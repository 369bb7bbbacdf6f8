#include "transports/port_trouble.hpp"

#include "src/core/text.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <fmt/format.h>
#include <fstream>
#include <glob.h>
#include <grp.h>
#include <sstream>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <system_error>
#include <vector>

namespace meterctl::transports {

namespace {

std::vector<std::string> serial_devices() {
    std::vector<std::string> devices;
    for (const char* pattern : {"/dev/serial/by-id/*", "/dev/ttyUSB*", "/dev/ttyACM*"}) {
        glob_t found{};
        if (::glob(pattern, 0, nullptr, &found) == 0) {
            for (std::size_t i = 0; i < found.gl_pathc; ++i) { devices.emplace_back(found.gl_pathv[i]); }
        }
        ::globfree(&found);
    }
    return devices;
}

tl::unexpected<Error> no_such_device(const std::string& path) {
    const auto devices = serial_devices();
    std::vector<std::string> hints = nearest(path, devices);
    if (hints.empty() && !devices.empty()) { hints.push_back(devices.front()); }
    hints.emplace_back(devices.empty() ? "check the plug: no USB serial port is there" : "ls /dev/serial/by-id");
    return fail(Category::endpoint, "no such device", path, std::move(hints));
}

std::string group_name(gid_t group) {
    std::array<char, 4096> buffer{};
    struct group entry {};
    struct group* found = nullptr;
    if (::getgrgid_r(group, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) {
        return std::to_string(group);
    }
    return found->gr_name;
}

tl::unexpected<Error> no_permission(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
        return fail(Category::endpoint, "no permission to look for it", path, {"check the folder's permissions"});
    }
    const std::string group = group_name(status.st_gid);
    constexpr mode_t read_write = S_IRGRP | S_IWGRP;
    if ((status.st_mode & read_write) != read_write) {
        return fail(Category::endpoint, "no permission, nor has its group", path,
                    {fmt::format("a udev rule with MODE=\"0660\", or sudo chmod g+rw {}", path)});
    }
    return fail(Category::endpoint, fmt::format("no permission: it belongs to the group {}", group), path,
                {fmt::format("sudo usermod -aG {} $USER", group), "then log in again"});
}

} // namespace

tl::unexpected<Error> open_failure(int number, const std::string& path) {
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return no_such_device(path);
    case EACCES:
    case EPERM:
        return no_permission(path);
    case EISDIR:
        return fail(Category::endpoint, "it is a folder", path, {"name a device in it"});
    case ENXIO:
    case ENODEV:
    case EIO:
        return fail(Category::endpoint, "no hardware is behind the device", path, {"ls /dev/serial/by-id"});
    default:
        return fail(Category::endpoint, std::system_category().message(number), path);
    }
}

std::string lock_holder(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) { return {}; }
    const std::string place =
        fmt::format("{:02x}:{:02x}:{}", major(status.st_dev), minor(status.st_dev), std::uint64_t{status.st_ino});
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        // "1: FLOCK  ADVISORY  WRITE 1234 00:05:678 0 EOF", proc_locks(5)
        std::istringstream words(line);
        std::string number, kind, manner, access, pid, inode;
        words >> number >> kind >> manner >> access >> pid >> inode;
        if (kind != "FLOCK" || inode != place) { continue; }
        std::ifstream name_file(fmt::format("/proc/{}/comm", pid));
        std::string name;
        std::getline(name_file, name);
        return fmt::format("{} (pid {})", name.empty() ? "a process" : name, pid);
    }
    return {};
}

} // namespace meterctl::transports
