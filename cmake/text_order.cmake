# The functions that the usual commands run lie side by side in a release build: the kernel maps code by 64 kB around each
# page that is touched, so that a command scattered over 9 MB has half of it in memory. cmake/text_order.txt names their
# sections, those that all commands run first; bench/text_order writes it. A name that is no more does no harm.
if(CMAKE_BUILD_TYPE STREQUAL Debug)
    return()
endif()
set(text_order ${CMAKE_CURRENT_LIST_DIR}/text_order.txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${text_order})
file(STRINGS ${text_order} near)
list(TRANSFORM near REPLACE "^.+$" "        *(.text.\\0)")
list(JOIN near "\n" near)
set(text_order_script ${PROJECT_BINARY_DIR}/generated/text_order.ld)
file(CONFIGURE OUTPUT ${text_order_script} @ONLY CONTENT
"SECTIONS
{
    .text.near : {
@near@
    }
}
INSERT BEFORE .text;
")
include(CheckLinkerFlag)
check_linker_flag(CXX "-Wl,-T,${text_order_script}" METERCTL_TEXT_ORDER)
if(METERCTL_TEXT_ORDER)
    target_link_options(meterctl PRIVATE "-Wl,-T,${text_order_script}")
    set_property(TARGET meterctl APPEND PROPERTY LINK_DEPENDS ${text_order_script})
endif()
