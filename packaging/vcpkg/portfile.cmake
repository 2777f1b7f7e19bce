# The vcpkg port. Not run: it was only read against vcpkg's documentation. REPO and SHA512 are filled in at the first
# release; docs/releasing.md says how.
vcpkg_from_github(
    OUT_SOURCE_PATH SOURCE_PATH
    REPO posdef/posdef
    REF "v${VERSION}"
    SHA512 0
    HEAD_REF main
)

vcpkg_check_features(OUT_FEATURE_OPTIONS FEATURE_OPTIONS
    FEATURES
        lapack POSDEF_BUILD_LAPACK
        mluop  POSDEF_BUILD_MLUOP
        opencl POSDEF_ENGINE_OPENCL
        tool   POSDEF_BUILD_CLI
)

vcpkg_cmake_configure(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS
        ${FEATURE_OPTIONS}
        -DPOSDEF_BUILD_BENCH=OFF
        -DPOSDEF_BUILD_TESTS=OFF
        -DPOSDEF_BUILD_EXAMPLES=OFF
)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/posdef)
vcpkg_fixup_pkgconfig()
if("tool" IN_LIST FEATURES)
    vcpkg_copy_tools(TOOL_NAMES posdef AUTO_CLEAN)
endif()

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include")
file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
