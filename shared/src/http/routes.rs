//! How routes are listed. Their description (`openapi.json`) is made by the local stack and its
//! tests only: in a function it would be a quarter of the work before it is ready.

#[doc(hidden)]
pub use utoipa_axum::paste;

/// Handlers of one path with `#[utoipa::path(…)]`, with their description.
#[cfg(feature = "openapi")]
pub use utoipa_axum::routes;

/// Handlers of one path with `#[utoipa::path(…)]`, without their description.
#[cfg(not(feature = "openapi"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __routes {
    ($($handler:ident),+) => {{
        use utoipa_axum::PathItemExt;
        let mut paths = utoipa::openapi::path::Paths::new();
        let mut router = axum::routing::MethodRouter::new();
        $(
            let (path, methods) = $crate::http::routes::paste! {
                (<[<__path_ $handler>] as utoipa::Path>::path(),
                 <[<__path_ $handler>] as utoipa::Path>::methods())
            };
            for method in &methods {
                router = router.on(method.to_method_filter(), $handler);
            }
            paths.add_path_operation(path, methods, utoipa::openapi::path::Operation::new());
        )+
        (Vec::new(), paths, router)
    }};
}

#[cfg(not(feature = "openapi"))]
pub use crate::__routes as routes;
