# Where Debian expects things, and the package.
include(GNUInstallDirs)
if(TARGET meterctl)
    install(TARGETS meterctl RUNTIME)
endif()
