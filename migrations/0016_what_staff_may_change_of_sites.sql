-- Staff change these columns of the sites of their account, and neither make nor delete any.
revoke insert, update, delete on sites from footage_staff;
grant update (name, allowed_origins, keep_query, mask_selectors, block_selectors)
    on sites to footage_staff;
